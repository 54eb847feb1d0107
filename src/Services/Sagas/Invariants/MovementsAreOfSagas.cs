using System.Globalization;
using System.Text.Json.Nodes;
using Npgsql;
using NpgsqlTypes;
using Payments.Domain.Sagas;
using Payments.Operations.Invariants;

namespace Payments.SagaService.Invariants;

/// <summary>No wallet gets or gives money for an operation that is not there, or another amount than it is about.</summary>
/// <remarks>
/// A saga is stored before it commands, and a card capture before the credit that follows it. So a movement that is read first and its saga
/// afterwards agree at any moment, under any load: what differs once differs for good.
/// </remarks>
internal sealed class MovementsAreOfSagas(NpgsqlDataSource database, WalletMovements movements, InvariantOptions options)
{
    public const string Name = "wallet-movements-are-of-sagas";

    private const string SubjectPrefix = "wallets@";
    private const int KnownMax = 100;

    private sealed record SagaOf(string Kind, long Amount, string Currency, Guid? Payer, Guid Payee, bool IsCaptured)
    {
        public bool IsRefund => Kind is SagaNames.WalletRefund or SagaNames.CardRefund;
    }

    public Invariant Invariant => new()
    {
        Name = Name,
        Meaning = "Each credit, capture and reversal in a wallet belongs to a payment or refund, is of its amount and in its wallet; and " +
            "what a card pays is credited after it is captured.",
        Check = CheckAsync,
    };

    private async Task<Seen> CheckAsync(Look look, CancellationToken cancel)
    {
        var position = look.Cursor is null ? 0 : long.Parse(look.Cursor, CultureInfo.InvariantCulture);
        var (count, findings) = (0L, new Dictionary<string, Finding>());
        foreach (var known in look.Known.Where(k => k.StartsWith(SubjectPrefix, StringComparison.Ordinal)).Take(KnownMax))
        {
            var at = long.Parse(known.AsSpan(SubjectPrefix.Length), CultureInfo.InvariantCulture);
            var again = await movements.AfterAsync(at - 1, 1, cancel);
            await CompareAsync([.. again.Items.Where(m => m.Position == at)], findings, cancel);
        }

        while (count < options.EventsMax)
        {
            var page = await movements.AfterAsync(position, WalletMovements.PageSize, cancel);
            await CompareAsync(page.Items, findings, cancel);
            count += page.Items.Count;
            position = page.ReadTo;
            if (page.Items.Count < WalletMovements.PageSize)
            {
                break;
            }
        }

        return new Seen(count, [.. findings.Values]) { Cursor = position.ToString(CultureInfo.InvariantCulture) };
    }

    private async Task CompareAsync(IReadOnlyList<WalletMovement> moved, Dictionary<string, Finding> findings, CancellationToken cancel)
    {
        var sagas = await SagasAsync([.. moved.Select(m => m.Operation).Distinct()], cancel);
        foreach (var m in moved)
        {
            if (Mismatch(m, sagas.GetValueOrDefault(m.Operation)) is { } why)
            {
                var subject = SubjectPrefix + m.Position.ToString(CultureInfo.InvariantCulture);
                var message = $"Wallet {m.WalletId} has a {m.Act} of {m.Amount} {m.Currency} for {m.Operation}, {why}.";
                findings[subject] = new Finding(
                    subject,
                    message,
                    m.Event,
                    new JsonObject { ["operation"] = m.Operation, ["amount"] = m.Amount, ["currency"] = m.Currency });
            }
        }
    }

    private static string? Mismatch(WalletMovement m, SagaOf? saga) => saga switch
    {
        null when m is { Act: "capture", Other: null } => null, // A reservation of the API that left the platform.
        null => "and there is no such payment or refund",
        _ when saga.Amount != m.Amount || saga.Currency != m.Currency => $"which is about {saga.Amount} {saga.Currency}",
        _ when Expected(m, saga) is var wallet && wallet != m.WalletId => $"which is for wallet {wallet}",
        { Kind: SagaNames.CardPayment, IsCaptured: false } when m.Act == "credit" => "whose card is not captured",
        _ => null,
    };

    // A payment is taken from the payer and given to the payee; a refund the other way round.
    private static Guid? Expected(WalletMovement m, SagaOf saga) => (m.Act == "capture") == saga.IsRefund ? saga.Payee : saga.Payer;

    private async Task<Dictionary<Guid, SagaOf>> SagasAsync(Guid[] operations, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            "select s.saga_id, s.definition, s.amount, s.currency, s.payer_wallet_id, s.payee_wallet_id, " +
            "exists (select from card_books b where b.key = s.saga_id::text || '.capture') from sagas s where s.saga_id = any ($1)");
        command.Parameters.Add(new() { Value = operations, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var sagas = new Dictionary<Guid, SagaOf>();
        while (await reader.ReadAsync(cancel))
        {
            sagas[reader.GetGuid(0)] = new(
                reader.GetString(1),
                reader.GetInt64(2),
                reader.GetString(3),
                reader.IsDBNull(4) ? null : reader.GetGuid(4),
                reader.GetGuid(5),
                reader.GetBoolean(6));
        }

        return sagas;
    }
}
