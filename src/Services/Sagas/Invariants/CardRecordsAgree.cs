using System.Text.Json.Nodes;
using Npgsql;
using Payments.EventStore.Contract;
using Payments.Operations.Invariants;
using Payments.SagaService.Sagas;

namespace Payments.SagaService.Invariants;

/// <summary>Our card books are the card processor's: what one side approved the other has, with the same amount.</summary>
/// <remarks>
/// What is being asked just now (a row in <c>card_calls</c>) may be known to one side only, and so may what a saga that asks has not
/// heard of yet; what it has in its books is certain. And so may an authorisation that was voided
/// before its answer came: both sides have the void, and it moved nothing.
/// </remarks>
internal sealed class CardRecordsAgree(
    NpgsqlDataSource database, IEventStore store, ProcessorRecordsCopy copy, InvariantOptions options, TimeProvider clock)
{
    public const string Name = "card-books-agree";

    private const int FindingsMax = 1_000;

    /// <summary>How far back it looks where the books are too large for one look.</summary>
    private static readonly TimeSpan Recent = TimeSpan.FromDays(2);

    /// <summary>As the processor is named in an event's place.</summary>
    private const string Processor = "card-processor/operations";

    // A void gives back what was authorised, which may be nothing yet: its amount is no movement, and not compared.
    private const string DifferencesSql =
        """
        with recent as materialized (
            select key from processor_operations where approved and at >= $2 union select key from card_books where at >= $2
        ), theirs as (
            select sequence, key, case kind when 'reverse' then 'void' else kind end as act, amount, currency, at
            from processor_operations where approved
        )
        select coalesce(t.key, b.key), t.sequence, t.act, t.amount, t.currency,
            b.operation, b.version, b.act, b.amount, b.currency, b.declared
        from recent r left join theirs t on t.key = r.key left join card_books b on b.key = r.key
        where (t.key is null or b.key is null or t.act <> b.act
                or (t.act <> 'void' and (t.amount <> b.amount or t.currency is distinct from b.currency)))
            and not exists (
                select from card_calls c where c.saga_id::text = left(coalesce(t.key, b.key), 36)
                    and (c.call_key = coalesce(t.key, b.key) or b.key is null))
            and not (b.key is null and t.act = 'authorise'
                and exists (select from card_books v where v.key between left(t.key, 36) || '.void' and left(t.key, 36) || '.void.~')
                and exists (select from theirs v where v.key between left(t.key, 36) || '.void' and left(t.key, 36) || '.void.~'))
        order by coalesce(t.at, b.at), 1 limit $1
        """;

    private const string TotalsSql =
        """
        select currency, coalesce(sum(amount) filter (where kind = 'capture'), 0), coalesce(sum(amount) filter (where kind = 'refund'), 0)
        from processor_operations where approved and sequence <= $1 and kind in ('capture', 'refund') group by currency
        """;

    private sealed record Side(string Act, long Amount, string? Currency);

    private sealed record Difference(string Key, long? Sequence, Side? Theirs, Guid? Operation, long? Version, Side? Ours, bool IsDeclared);

    public Invariant Invariant => new()
    {
        Name = Name,
        Meaning = "What the card processor approved is in our card books with the same amount, and the other way round.",
        Check = CheckAsync,
    };

    private async Task<Seen> CheckAsync(Look look, CancellationToken cancel)
    {
        var (fetched, last) = await copy.CatchUpAsync(cancel);
        var totals = await copy.TotalsAsync(cancel);
        var findings = new List<Finding>();
        findings.AddRange(await TotalsAsync(totals, last, cancel));
        var isWhole = last <= options.WholeTableRowsMax;
        foreach (var difference in await DifferencesAsync(isWhole ? DateTimeOffset.MinValue : clock.GetUtcNow() - Recent, cancel))
        {
            findings.Add(await FindingAsync(difference, cancel));
        }

        return new Seen(last, findings)
        {
            Note = totals.LastSequence > last && fetched > 0
                ? $"Their books are read up to operation {last} of {totals.LastSequence} so far."
                : isWhole ? null
                : $"The books are too large for one look: what is older than {Recent.TotalDays} days is not compared again.",
        };
    }

    // The copy against what they say it comes to: they must not have changed what they told before.
    private async Task<List<Finding>> TotalsAsync(ProcessorTotals theirs, long last, CancellationToken cancel)
    {
        if (theirs.LastSequence < last)
        {
            return [new Finding(
                Processor, $"The card processor's books end at operation {theirs.LastSequence}, and they have told us of {last}.",
                new EventReference(Processor, theirs.LastSequence + 1, theirs.LastSequence + 1, null))];
        }

        if (theirs.LastSequence > last)
        {
            return [];
        }

        await using var command = database.CreateCommand(TotalsSql);
        command.Parameters.AddWithValue(last);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var told = new Dictionary<string, (decimal Captured, decimal Refunded)>();
        while (await reader.ReadAsync(cancel))
        {
            told[reader.GetString(0)] = (reader.GetDecimal(1), reader.GetDecimal(2));
        }

        var now = theirs.Currencies.ToDictionary(c => c.Currency, c => (c.Captured, c.Refunded));
        return
        [
            .. from currency in told.Keys.Union(now.Keys)
               let t = told.GetValueOrDefault(currency)
               let n = now.GetValueOrDefault(currency)
               where t != n
               select new Finding(
                   $"{Processor} {currency}",
                   $"The operations that the card processor told us of come to {t.Captured} {currency} captured and {t.Refunded} " +
                   $"refunded; it says {n.Captured} and {n.Refunded}.",
                   null),
        ];
    }

    private async Task<List<Difference>> DifferencesAsync(DateTimeOffset since, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(DifferencesSql);
        command.Parameters.AddWithValue(FindingsMax);
        command.Parameters.AddWithValue(since.UtcDateTime);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var differences = new List<Difference>();
        while (await reader.ReadAsync(cancel))
        {
            differences.Add(new(
                reader.GetString(0),
                reader.IsDBNull(1) ? null : reader.GetInt64(1),
                reader.IsDBNull(2) ? null : new(reader.GetString(2), reader.GetInt64(3), reader.IsDBNull(4) ? null : reader.GetString(4)),
                reader.IsDBNull(5) ? null : reader.GetGuid(5),
                reader.IsDBNull(6) ? null : reader.GetInt64(6),
                reader.IsDBNull(7) ? null : new(reader.GetString(7), reader.GetInt64(8), reader.GetString(9)),
                !reader.IsDBNull(10) && reader.GetBoolean(10)));
        }

        return differences;
    }

    private async Task<Finding> FindingAsync(Difference d, CancellationToken cancel)
    {
        var message = (d.Theirs, d.Ours) switch
        {
            ({ } t, null) => $"The card processor has approved {Show(t)} under {d.Key}, and our card books do not have it.",
            (null, { } o) => $"Our card books have {Show(o)} under {d.Key}{(d.IsDeclared ? ", declared by a person" : "")}, " +
                "and the card processor does not have it.",
            ({ } t, { } o) => $"Under {d.Key} the card processor has approved {Show(t)}, and our card books have {Show(o)}.",
            _ => throw new InvalidOperationException("Neither side has it."),
        };
        return new Finding(d.Key, message, await EventAsync(d, cancel), new JsonObject
        {
            ["key"] = d.Key,
            ["sequence"] = d.Sequence,
            ["processor"] = Json(d.Theirs),
            ["books"] = Json(d.Ours),
            ["declared"] = d.IsDeclared,
        });
    }

    // Our event where we have one; else the processor's operation.
    private async Task<EventReference?> EventAsync(Difference d, CancellationToken cancel)
    {
        if (d is { Operation: { } operation, Version: { } version })
        {
            return await store.ReadStreamAsync(SagaAggregate.Definition.Stream(operation), new(version - 1, version), 1, cancel) is [var e]
                ? EventReference.Of(e)
                : new EventReference($"saga/{operation}", version, null, null);
        }

        return new EventReference(Processor, d.Sequence, d.Sequence, null);
    }

    private static string Show(Side side) => side.Act == "void" ? "a void" : $"{side.Act} of {side.Amount} {side.Currency}";

    private static JsonObject? Json(Side? side) =>
        side is null ? null : new JsonObject { ["act"] = side.Act, ["amount"] = side.Amount, ["currency"] = side.Currency };
}
