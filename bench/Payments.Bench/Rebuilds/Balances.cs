using System.Buffers;
using System.Text;
using System.Text.Json;
using Payments.EventStore.Contract;
using Payments.EventStore.Projections;

namespace Payments.Bench.Rebuilds;

/// <summary>The projection that is rebuilt: the sum of amounts and the number of events of each stream.</summary>
internal static class Balances
{
    public const string Schema =
        """
        create table balances (stream text collate "C" primary key, balance bigint not null, events bigint not null) with (fillfactor = 50);

        create function apply_balances(rows jsonb) returns void language sql as $$
            insert into balances as b (stream, balance, events)
            select r.stream, r.balance, r.events from jsonb_to_recordset(rows) as r (stream text, balance bigint, events bigint)
            on conflict (stream) do update set balance = b.balance + excluded.balance, events = b.events + excluded.events
        $$;
        """;

    public static readonly AsynchronousProjection Projection = new() { Name = "balances", Version = 1, Tables = ["balances"], Fold = Fold };

    /// <summary>An event as a wallet stores it, 240 bytes, of this amount in minor units.</summary>
    public static byte[] Event(long amount) => Encoding.UTF8.GetBytes(
        $$$"""{"payment":"0198c0de-7a52-7d10-8e21-0a1b2c3d4e5f","amount":{"minor":{{{amount}}},"currency":"EUR"}""" +
        ""","payer":"0198c0de-7a50-7b2a-b1c2-""" +
        """d3e4f5061728","wallet":"0198c0de-7a51-7c3e-9d41-1f2e3d4c5b6a","at":"2026-01-31T12:00:00.0000000+00:00"}""");

    private static IEnumerable<ProjectionRow> Fold(IReadOnlyList<StoredEvent> log)
    {
        var sums = new Dictionary<StreamId, (long Balance, long Events)>();
        foreach (var e in log)
        {
            var (balance, events) = sums.GetValueOrDefault(e.Stream);
            sums[e.Stream] = (checked(balance + AmountOf(e.Data.Span)), events + 1);
        }

        var buffer = new ArrayBufferWriter<byte>(128);
        using var json = new Utf8JsonWriter(buffer);
        foreach (var (stream, (balance, events)) in sums)
        {
            json.WriteStartObject();
            json.WriteString("stream"u8, stream.ToString());
            json.WriteNumber("balance"u8, balance);
            json.WriteNumber("events"u8, events);
            json.WriteEndObject();
            json.Flush();
            yield return new ProjectionRow("balances", buffer.WrittenSpan.ToArray());
            buffer.Clear();
            json.Reset();
        }
    }

    private static long AmountOf(ReadOnlySpan<byte> data)
    {
        var json = new Utf8JsonReader(data);
        while (json.Read())
        {
            if (json.TokenType == JsonTokenType.PropertyName && json.ValueTextEquals("minor"u8))
            {
                json.Read();
                return json.GetInt64();
            }
        }

        throw new NoResultException("An event has no amount.");
    }
}
