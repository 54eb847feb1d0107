namespace Payments.Standalone;

/// <summary>
/// Something about the machine or its settings stands in the way. The message says what, and what a person can do about it.
/// </summary>
public sealed class CannotStartException(string message, Exception? inner = null) : Exception(message, inner);
