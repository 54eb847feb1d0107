using System.Text.Json.Nodes;
using Npgsql;
using Payments.Domain.Sagas;
using Payments.Domain.Wallets;
using Payments.EventStore.Contract;
using Payments.Operations.Invariants;
using Payments.SagaService.Sagas;

namespace Payments.SagaService.Invariants;

/// <summary>
/// What is in suspense is what open sagas have credited and not yet captured, to the cent; with none on its way it is zero.
/// </summary>
/// <remarks>
/// Exact under load, by positions: the end of the sagas' log is read first, then the open sagas, then, at one moment, the account and what
/// the ledger says of these sagas. What differs can only be of sagas that have commanded a credit after that end, and those are read last.
/// </remarks>
internal sealed class SuspenseIsInFlight(NpgsqlDataSource database, IEventStore store, WalletMovements movements)
{
    public const string Name = "suspense-is-in-flight";

    private const int SagasMax = 20_000;
    private const int FreshMax = 20_000;

    private static readonly string[] KindsThroughSuspense = [SagaNames.WalletPayment, SagaNames.Transfer, SagaNames.WalletRefund];
    private static readonly EventFilter Credits = new() { Types = ["command.wallet.credit-funds.v1"] };

    public Invariant Invariant => new()
    {
        Name = Name,
        Meaning = "In each currency, what is in suspense is what open payments and refunds have credited and not yet captured.",
        Check = CheckAsync,
    };

    private async Task<Seen> CheckAsync(Look look, CancellationToken cancel)
    {
        var end = await store.LastPositionAsync(cancel);
        var open = await OpenAsync(cancel);
        if (open.Length > SagasMax)
        {
            throw new CannotLookException($"More than {SagasMax} sagas are on their way: more than one look takes.");
        }

        var suspense = await movements.SuspenseAsync(open, cancel);
        var fresh = await store.ReadAllAsync(end, FreshMax, Credits, cancel);
        var commanded = fresh.Select(e => SagaAggregate.Definition.Decode(e)).OfType<SagaEvent.WalletCommanded>()
            .Select(e => e.Command).OfType<WalletCommand.Credit>()
            .Where(c => c.Payer is not null)
            .GroupBy(c => c.Amount.Currency.Code)
            .ToDictionary(c => c.Key, c => c.Sum(command => (decimal)command.Amount.Minor));
        return new Seen(
            open.Length + suspense.Count,
            [.. suspense.Where(s => !IsExplained(s, commanded.GetValueOrDefault(s.Currency))).Select(Finding)])
        {
            Note = fresh.Count < FreshMax ? null : "More credits were commanded during the look than it reads.",
        };
    }

    /// <param name="since">What was commanded to be credited since the look began, and may be credited and not captured.</param>
    private static bool IsExplained(WalletSuspense s, decimal since) => s.Total - s.Asked <= 0 && s.Total - s.Asked >= -since;

    private static Finding Finding(WalletSuspense s) => new(
        $"suspense {s.Currency}",
        $"{s.Total} {s.Currency} are in suspense, and open payments and refunds explain {s.Asked}: {s.Total - s.Asked} belong to nobody.",
        null,
        new JsonObject { ["currency"] = s.Currency, ["total"] = s.Total, ["explained"] = s.Asked });

    private async Task<Guid[]> OpenAsync(CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            $"select saga_id from sagas where deadline is not null and definition = any ($1) limit {SagasMax + 1}");
        command.Parameters.AddWithValue(KindsThroughSuspense);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var ids = new List<Guid>();
        while (await reader.ReadAsync(cancel))
        {
            ids.Add(reader.GetGuid(0));
        }

        return [.. ids];
    }
}
