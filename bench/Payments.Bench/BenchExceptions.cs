namespace Payments.Bench;

/// <summary>An option that means nothing; the message says what would.</summary>
internal sealed class BadArgumentException(string message) : Exception(message);

/// <summary>Something happened that makes figures worthless.</summary>
internal sealed class NoResultException(string message) : Exception(message);
