namespace Payments.Contracts;

/// <param name="Amount">Minor units.</param>
public sealed record MoneyView(string Currency, decimal Amount);
