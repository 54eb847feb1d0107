namespace Payments.Console;

/// <summary>What one service answered to a question that is asked of all.</summary>
public sealed record ServiceAnswer<T>(string Service, Answer<T> Answer)
    where T : class;
