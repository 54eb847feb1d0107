using System.Text.Json.Nodes;
using Npgsql;
using NpgsqlTypes;
using Payments.Domain.Sagas;
using Payments.EventStore.Contract;
using Payments.Operations.Invariants;
using Payments.SagaService.Sagas;

namespace Payments.SagaService.Invariants;

/// <summary>Money is set aside for operations on their way, and for no others; and each operation that counts on its hold has it.</summary>
/// <remarks>
/// The two services tell each other by message, so they disagree all the time for a moment. Only what stands over two looks counts. While a
/// saga waits for its capture or release the hold may be there or gone already: which, the answer tells.
/// </remarks>
internal sealed class HoldsMatchSagas(NpgsqlDataSource database, IEventStore store, OpenHolds holds)
{
    public const string Name = "holds-are-open-sagas";

    /// <summary>Sagas that count on their hold, looked at in one look.</summary>
    private const int SagasMax = 20_000;

    // A card payment holds nothing in a wallet.
    private static readonly string[] KindsWithHold =
        [SagaNames.WalletPayment, SagaNames.Transfer, SagaNames.WalletRefund, SagaNames.CardRefund];

    private static readonly string[] PhasesWithHold =
        [PhaseNames.Shown(SagaPhases.Crediting), PhaseNames.Shown(SagaPhases.Reversing), PhaseNames.Shown(SagaPhases.RefundingCard)];

    private sealed record SagaState(Guid Id, string Kind, string Phase, bool IsOpen, long Amount, string Currency, long Version);

    public Invariant Invariant => new()
    {
        Name = Name,
        Meaning = "Each hold for a payment or refund belongs to an open saga of the same amount, and each saga that counts on its hold " +
            "has it.",
        Check = CheckAsync,
    };

    private async Task<Seen> CheckAsync(Look look, CancellationToken cancel)
    {
        var counting = await SagasAsync(
            "where deadline is not null and definition = any ($1) and phase = any ($2) order by saga_id limit $3",
            cancel,
            new() { Value = KindsWithHold },
            new() { Value = PhasesWithHold },
            new() { Value = SagasMax });
        var (all, areAll) = await holds.ListAsync(cancel);
        var ours = all.Where(h => h.IsOfSaga).ToDictionary(h => h.Operation);
        var operations = new NpgsqlParameter { Value = ours.Keys.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid };
        var sagas = (await SagasAsync("where saga_id = any ($1)", cancel, operations)).ToDictionary(s => s.Id);

        var findings = new List<Finding>();
        foreach (var hold in ours.Values)
        {
            var saga = sagas.GetValueOrDefault(hold.Operation);
            if (Mismatch(hold, saga) is { } message)
            {
                findings.Add(new Finding(
                    $"saga/{hold.Operation}", message, saga is null ? null : await LastMoveAsync(saga, cancel), Details(hold, saga)));
            }
        }

        foreach (var saga in counting.Where(s => areAll && !ours.ContainsKey(s.Id)))
        {
            findings.Add(new Finding(
                $"saga/{saga.Id}",
                $"The {saga.Kind} {saga.Id} is {saga.Phase} and counts on its hold of {saga.Amount} {saga.Currency}, which no wallet has.",
                await LastMoveAsync(saga, cancel),
                Details(null, saga)));
        }

        return new Seen(all.Count + counting.Count, findings)
        {
            Note = areAll && counting.Count < SagasMax ? null : "There are more holds or sagas than one look takes.",
        };
    }

    private static string? Mismatch(WalletHold hold, SagaState? saga)
    {
        var held = $"Wallet {hold.WalletId} holds {hold.Amount} {hold.Currency} for {hold.Operation},";
        return saga switch
        {
            null => $"{held} and there is no such saga.",
            { IsOpen: false } => $"{held} whose saga has {saga.Phase}.",
            _ when saga.Amount != hold.Amount || saga.Currency != hold.Currency =>
                $"{held} whose saga is about {saga.Amount} {saga.Currency}.",
            _ => null,
        };
    }

    // The event that brought the saga to where it is.
    private async Task<EventReference?> LastMoveAsync(SagaState saga, CancellationToken cancel)
    {
        var events = await store.ReadStreamBackwardsAsync(
            SagaAggregate.Definition.Stream(saga.Id), VersionRange.FromStart(saga.Version), 100, cancel);
        return events.Count == 0 ? null : EventReference.Of(events.FirstOrDefault(e => e.Type == "saga.moved.v1") ?? events[0]);
    }

    private async Task<List<SagaState>> SagasAsync(string where, CancellationToken cancel, params IReadOnlyList<NpgsqlParameter> parameters)
    {
        await using var command = database.CreateCommand(
            $"select saga_id, definition, phase, deadline is not null, amount, currency, version from sagas {where}");
        command.Parameters.AddRange(parameters.ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var sagas = new List<SagaState>();
        while (await reader.ReadAsync(cancel))
        {
            sagas.Add(new(
                reader.GetGuid(0),
                reader.GetString(1),
                reader.GetString(2),
                reader.GetBoolean(3),
                reader.GetInt64(4),
                reader.GetString(5),
                reader.GetInt64(6)));
        }

        return sagas;
    }

    private static JsonObject Details(WalletHold? hold, SagaState? saga) => new()
    {
        ["hold"] = hold is null ? null : new JsonObject
        {
            ["walletId"] = hold.WalletId,
            ["holdId"] = hold.HoldId,
            ["amount"] = hold.Amount,
            ["currency"] = hold.Currency,
            ["purpose"] = hold.Purpose,
        },
        ["saga"] = saga is null ? null : new JsonObject
        {
            ["kind"] = saga.Kind,
            ["phase"] = saga.Phase,
            ["amount"] = saga.Amount,
            ["currency"] = saga.Currency,
            ["version"] = saga.Version,
        },
    };
}
