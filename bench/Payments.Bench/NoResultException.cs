namespace Payments.Bench;

/// <summary>Something happened that makes figures worthless.</summary>
internal sealed class NoResultException(string message) : Exception(message);
