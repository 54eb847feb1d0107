using System.Text.Json;
using System.Text.Json.Serialization;
using Payments.Contracts;
using Payments.Contracts.Wallets;
using Payments.Domain.Wallets;
using Payments.WalletService.Answers;
using Payments.WalletService.Holds;
using Payments.WalletService.Ledger;

namespace Payments.WalletService.Wallets;

/// <summary>A wallet as the API shows it.</summary>
internal static class WalletViews
{
    public static WalletView Of(Wallet wallet, long version) => new(
        wallet.Id.Value,
        wallet.Owner.Value,
        wallet.Currency.Code,
        wallet.Posted.Minor,
        wallet.Held.Minor,
        wallet.Available.Minor,
        wallet.Overdraft.Minor,
        JsonNamingPolicy.SnakeCaseLower.ConvertName(wallet.Status.ToString()),
        version);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(OpenWallet.Request), TypeInfoPropertyName = "OpenWalletRequest")]
[JsonSerializable(typeof(MoveMoney.Request), TypeInfoPropertyName = "MoveMoneyRequest")]
[JsonSerializable(typeof(ReasonRequest))]
[JsonSerializable(typeof(OverdraftRequest))]
[JsonSerializable(typeof(CreateHold.Request), TypeInfoPropertyName = "CreateHoldRequest")]
[JsonSerializable(typeof(EndHold.CaptureRequest))]
[JsonSerializable(typeof(EndHold.ReleaseRequest))]
[JsonSerializable(typeof(WalletView))]
[JsonSerializable(typeof(IReadOnlyList<WalletView>))]
[JsonSerializable(typeof(IReadOnlyList<OwnerView>))]
[JsonSerializable(typeof(EntryPage))]
[JsonSerializable(typeof(WalletPage))]
[JsonSerializable(typeof(WalletOverview))]
[JsonSerializable(typeof(HoldPage))]
[JsonSerializable(typeof(MadeHold))]
[JsonSerializable(typeof(EndedHold))]
[JsonSerializable(typeof(StatementView))]
[JsonSerializable(typeof(AccountsView))]
[JsonSerializable(typeof(LedgerRow))]
[JsonSerializable(typeof(CreditReversalRow))]
[JsonSerializable(typeof(MovementPage))]
[JsonSerializable(typeof(IReadOnlyList<SuspenseView>))]
[JsonSerializable(typeof(Guid[]))]
[JsonSerializable(typeof(HoldRow))]
[JsonSerializable(typeof(RefusalRow))]
internal sealed partial class WalletJson : JsonSerializerContext;
