using Payments.Console.Gateway;

namespace Payments.Console.Live;

/// <summary>What one service answered to a question that is asked of all.</summary>
public sealed record ServiceAnswer<T>(string Service, Answer<T> Answer)
    where T : class;
