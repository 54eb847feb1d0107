namespace Payments.Contracts;

/// <summary>The body of whatever an operator does that needs no more than a reason.</summary>
/// <param name="Reason">3 to 500 characters: why, for whoever reads the history.</param>
public sealed record ReasonRequest(string Reason);
