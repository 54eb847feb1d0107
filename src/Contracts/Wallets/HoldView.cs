namespace Payments.Contracts.Wallets;

/// <summary>Money that is set aside now.</summary>
/// <param name="Operation">The payment or refund that it is for; of a reservation, the hold's own id.</param>
/// <param name="Amount">Minor units.</param>
/// <param name="Purpose"><c>payment</c>, <c>refund</c> or <c>reservation</c>: the last ones are made and ended through the API.</param>
public sealed record HoldView(
    Guid HoldId, Guid WalletId, Guid Operation, long Amount, string Currency, DateTimeOffset ExpiresAt, string Purpose, string? Reference);

public sealed record HoldPage(IReadOnlyList<HoldView> Items, Guid? Next);

/// <summary>A hold that has just been made, with the wallet as it left it.</summary>
public sealed record MadeHold(
    Guid HoldId, Guid WalletId, long Amount, string Currency, DateTimeOffset ExpiresAt, string? Reference, WalletView Wallet);

/// <summary>A hold that has just ended, with the wallet as it left it.</summary>
/// <param name="Status"><c>captured</c> or <c>released</c>.</param>
/// <param name="Captured">Minor units that left the wallet.</param>
/// <param name="Released">Minor units that are available again.</param>
public sealed record EndedHold(
    Guid HoldId, Guid WalletId, string Status, long Captured, long Released, string Currency, WalletView Wallet);
