namespace Payments.Contracts.Wallets;

/// <summary>A wallet as the API shows it. Amounts in minor units.</summary>
/// <param name="Available">The balance less what is held, and the overdraft.</param>
/// <param name="Overdraft">How far below zero the balance may go.</param>
/// <param name="Status"><c>active</c> or <c>frozen</c>.</param>
public sealed record WalletView(
    Guid WalletId, string UserId, string Currency, long Balance, long Held, long Available, long Overdraft, string Status, long Version);

public sealed record WalletPage(IReadOnlyList<WalletView> Items, Guid? Next);

public sealed record CurrencyTotals(string Currency, long Wallets, decimal Balance, decimal Held);

public sealed record WalletOverview(long Wallets, long LastPosition, long DeadLetters, IReadOnlyList<CurrencyTotals> Currencies);

/// <summary>Whose a wallet is.</summary>
public sealed record OwnerView(Guid WalletId, string UserId);

/// <param name="Limit">How far below zero the balance may go; minor units, from 0.</param>
/// <param name="Reason">3 to 500 characters.</param>
public sealed record OverdraftRequest(long Limit, string Reason);
