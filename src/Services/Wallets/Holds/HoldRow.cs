using System.Text.Json;
using Payments.Domain;
using Payments.Domain.Wallets;
using Payments.EventStore.Aggregates;

namespace Payments.WalletService.Holds;

/// <summary>A hold that is open from now on, as <c>apply_holds</c> takes it; with nothing but its id, one that has ended.</summary>
internal sealed record HoldRow(
    Guid HoldId,
    Guid? WalletId = null,
    Guid? OperationId = null,
    string? Purpose = null,
    long? Amount = null,
    string? Currency = null,
    DateTimeOffset? ExpiresAt = null,
    string? Reference = null)
{
    public static string NameOf(HoldPurpose purpose) => JsonNamingPolicy.SnakeCaseLower.ConvertName(purpose.ToString());

    /// <summary>What a change does to the table of open holds, whatever the number of its steps.</summary>
    public static IEnumerable<HoldRow> Of(Change<Wallet, WalletEvent> change)
    {
        foreach (var id in change.Events.Select(e => TouchedBy(e.Event)).OfType<HoldId>().Distinct())
        {
            // One that ended and was made anew ends here and is made anew.
            if (change.Before.State?.Holds.ContainsKey(id) == true)
            {
                yield return new HoldRow(id.Value);
            }

            if (change.After.State!.Holds.TryGetValue(id, out var open))
            {
                yield return new HoldRow(
                    id.Value,
                    change.After.State.Id.Value,
                    open.Operation.Value,
                    NameOf(open.Purpose),
                    open.Amount.Minor,
                    open.Amount.Currency.Code,
                    open.ExpiresAt,
                    open.Reference);
            }
        }
    }

    private static HoldId? TouchedBy(WalletEvent e) => e switch
    {
        WalletEvent.FundsHeld h => h.Hold,
        WalletEvent.HoldReleased h => h.Hold,
        WalletEvent.HoldExpired h => h.Hold,
        WalletEvent.HoldCaptured h => h.Hold,
        _ => null,
    };
}
