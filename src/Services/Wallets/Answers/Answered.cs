using System.Text.Json;
using Payments.Domain;
using Payments.Domain.Wallets;
using Payments.EventStore.Contract;

namespace Payments.WalletService.Answers;

/// <summary>What a saga may ask of a wallet once, whatever the answer is.</summary>
/// <param name="Act">One of <see cref="Acts"/>.</param>
internal readonly record struct Answered(Guid Operation, Guid Wallet, string Act)
{
    /// <summary>What a command asks for; null for one whose repeat does no harm and leaves no trace: a release.</summary>
    public static Answered? To(WalletCommand command) => command switch
    {
        WalletCommand.Hold c => new(c.Operation.Value, c.Wallet.Value, Acts.Hold),
        WalletCommand.Credit c => new(c.Operation.Value, c.Wallet.Value, Acts.Credit),
        WalletCommand.Capture c => new(c.Operation.Value, c.Wallet.Value, Acts.Capture),
        WalletCommand.ReverseCredit c => new(c.Operation.Value, c.Wallet.Value, Acts.Reverse),
        _ => null,
    };

    /// <summary>What the rows of a unit answer.</summary>
    public static IEnumerable<Answered> In(AppendUnit unit) => unit.Rows.Select(Of).OfType<Answered>();

    private static Answered? Of(ProjectionRow row)
    {
        if (row.Projection is not ("ledger_entries" or "holds" or "refusals"))
        {
            return null;
        }

        using var json = JsonDocument.Parse(row.Json);
        var r = json.RootElement;
        return row.Projection switch
        {
            "ledger_entries" => Acts.OfEntry(r.GetProperty("kind").GetString()!) is { } act
                ? new(r.GetProperty("movementId").GetGuid(), r.GetProperty("walletId").GetGuid(), act)
                : null,
            "refusals" => new(
                r.GetProperty("operationId").GetGuid(), r.GetProperty("walletId").GetGuid(), r.GetProperty("act").GetString()!),
            _ => r.TryGetProperty("operationId", out var operation) // Without: a hold that has ended.
                ? new(operation.GetGuid(), r.GetProperty("walletId").GetGuid(), Acts.Hold)
                : null,
        };
    }
}

/// <summary>As stored.</summary>
internal static class Acts
{
    public const string Hold = "hold";
    public const string Credit = "credit";
    public const string Capture = "capture";
    public const string Reverse = "reverse";

    /// <summary>The act that makes an entry of this kind; null when no saga asks for it alone.</summary>
    public static string? OfEntry(string kind) => kind switch
    {
        "payment_in" or "refund_in" => Credit,
        "payment_out" or "refund_out" or "capture_out" => Capture,
        "reversal" => Reverse,
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
