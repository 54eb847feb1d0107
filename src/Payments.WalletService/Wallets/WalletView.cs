using System.Text.Json;
using System.Text.Json.Serialization;
using Payments.Domain.Wallets;

namespace Payments.WalletService.Wallets;

/// <summary>A wallet as the API shows it. Amounts in minor units.</summary>
public sealed record WalletView(
    Guid WalletId, string UserId, string Currency, long Balance, long Held, long Available, string Status, long Version)
{
    public static WalletView Of(Wallet wallet, long version) => new(
        wallet.Id.Value,
        wallet.Owner.Value,
        wallet.Currency.Code,
        wallet.Posted.Minor,
        wallet.Held.Minor,
        wallet.Available.Minor,
        JsonNamingPolicy.SnakeCaseLower.ConvertName(wallet.Status.ToString()),
        version);
}

/// <summary>One movement in a wallet.</summary>
/// <param name="Version">The wallet's version with it; the cursor for the next page.</param>
/// <param name="Kind"><c>deposit</c>, <c>withdrawal</c>, <c>payment_in</c> or <c>payment_out</c>.</param>
/// <param name="Amount">Minor units; negative when money left.</param>
/// <param name="Balance">Minor units, after the movement.</param>
public sealed record EntryView(
    long Version,
    string Kind,
    long Amount,
    string Currency,
    long Balance,
    Guid? PaymentId,
    Guid? CounterpartyWalletId,
    string? Reference,
    DateTimeOffset RecordedAt);

public sealed record EntryPage(IReadOnlyList<EntryView> Items, long? Next);

public sealed record WalletPage(IReadOnlyList<WalletView> Items, Guid? Next);

/// <summary>The ledger row of a movement, as <c>apply_ledger_entries</c> takes it.</summary>
/// <param name="CounterAccount">The other side of the double entry: with it the sum over all accounts of a currency stays zero.</param>
internal sealed record LedgerRow(
    Guid WalletId,
    long Version,
    string Kind,
    Guid MovementId,
    long Amount,
    string Currency,
    long Balance,
    string CounterAccount,
    Guid? Counterparty,
    string? Reference,
    DateTimeOffset RecordedAt);

public sealed record CurrencyTotals(string Currency, long Wallets, decimal Balance, decimal Held);

public sealed record WalletOverview(long Wallets, long LastPosition, long DeadLetters, IReadOnlyList<CurrencyTotals> Currencies);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(OpenWallet.Request), TypeInfoPropertyName = "OpenWalletRequest")]
[JsonSerializable(typeof(MoveMoney.Request), TypeInfoPropertyName = "MoveMoneyRequest")]
[JsonSerializable(typeof(WalletView))]
[JsonSerializable(typeof(IReadOnlyList<WalletView>))]
[JsonSerializable(typeof(EntryPage))]
[JsonSerializable(typeof(WalletPage))]
[JsonSerializable(typeof(WalletOverview))]
[JsonSerializable(typeof(LedgerRow))]
internal sealed partial class WalletJson : JsonSerializerContext;
