using Payments.Domain;
using Payments.Domain.Wallets;
using Payments.EventStore.Contract;

namespace Payments.WalletService.Answers;

/// <summary>What a saga may ask of a wallet once, whatever the answer is. As stored.</summary>
internal static class Acts
{
    public const string Hold = "hold";
    public const string Credit = "credit";
    public const string Capture = "capture";
    public const string Reverse = "reverse";

    /// <summary>What a command asks for; null for one whose repeat does no harm and leaves no trace: a release.</summary>
    public static CommandKey? KeyOf(WalletCommand command) => command switch
    {
        WalletCommand.Hold c => new(c.Operation.Value, c.Wallet.Value, Hold),
        WalletCommand.Credit c => new(c.Operation.Value, c.Wallet.Value, Credit),
        WalletCommand.Capture c => new(c.Operation.Value, c.Wallet.Value, Capture),
        WalletCommand.ReverseCredit c => new(c.Operation.Value, c.Wallet.Value, Reverse),
        _ => null,
    };
}

/// <summary>What a wallet refused, as <c>apply_refusals</c> takes it.</summary>
internal sealed record RefusalRow(Guid OperationId, Guid WalletId, string Act)
{
    public static RefusalRow? Of(WalletId wallet, WalletEvent e) => e switch
    {
        WalletEvent.FundsInsufficient r => new(r.Operation.Value, wallet.Value, Acts.Hold),
        WalletEvent.HoldRefused r => new(r.Operation.Value, wallet.Value, Acts.Hold),
        WalletEvent.CreditRefused r => new(r.Operation.Value, wallet.Value, Acts.Credit),
        WalletEvent.CaptureRefused r => new(r.Operation.Value, wallet.Value, Acts.Capture),
        WalletEvent.CreditReversalRefused r => new(r.Operation.Value, wallet.Value, Acts.Reverse),
        _ => null,
    };
}
