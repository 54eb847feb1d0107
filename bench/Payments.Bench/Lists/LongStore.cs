using Npgsql;
using Payments.Contracts.Wire;
using Payments.Domain;
using Payments.Domain.Wallets;
using Payments.EventStore.Contract;

namespace Payments.Bench.Lists;

/// <summary>Fills the wallet service's store with what makes its lists long.</summary>
internal sealed class LongStore(NpgsqlDataSource database, IEventStore log)
{
    /// <summary>Kinds of failures that the dead letters are of.</summary>
    public const int Groups = 20;

    private const int EventsOfWallet = 1_000;
    private const int EventsOfUnit = 5_000;

    private int _letters;
    private int _wallets;

    public static string Group(int number) => $"bench-{number:D2}";

    /// <summary>So many in all, evenly of all groups, each of a key of its own. An hour old, and older.</summary>
    public async Task FillDeadLettersAsync(int count, CancellationToken cancel)
    {
        const string Sql =
            """
            with letters as (
                insert into parked_messages (
                    consumer, topic, partition, kafka_offset, key_topic, routing_key, message_id, message_type, correlation_id, headers,
                    payload, amount, currency, status, attempts, parked_at, first_failed_at, last_failed_at, error_type, error, stack,
                    fingerprint, copied_at)
                select 'wallets', 'commands.wallets.v1', n % 12, n, 'commands.wallets.v1', 'wallet/bench-' || n, gen_random_uuid(),
                    'command.wallet.credit-funds.v1', gen_random_uuid(), '{"type": "command.wallet.credit-funds.v1"}',
                    convert_to('{"wallet": "bench", "n": ' || n || '}', 'UTF8'), n % 10000, 'EUR', 'dead', 1, at, at, at,
                    'BenchException', 'Failure of kind ' || n % @groups, 'at Bench.Handle()', 'bench-' || to_char(n % @groups, 'FM00'), at
                from (select n, now() - interval '1 hour' - n * interval '10 ms' as at from generate_series(@from, @to) n) numbered
                returning id, consumer, key_topic, routing_key, parked_at)
            insert into parked_keys (consumer, key_topic, routing_key, head_id, is_dead, retry_at, waiting)
            select consumer, key_topic, routing_key, id, true, parked_at, 0 from letters
            """;
        await using var command = database.CreateCommand(Sql);
        command.CommandTimeout = 0;
        command.Parameters.AddWithValue("groups", Groups);
        command.Parameters.AddWithValue("from", _letters);
        command.Parameters.AddWithValue("to", count - 1);
        await command.ExecuteNonQueryAsync(cancel);
        _letters = count;
        await SettleAsync("parked_messages", cancel);
        await SettleAsync("parked_keys", cancel);
    }

    /// <summary>At least so many more, of wallets that are opened and then filled. They are not sent to anybody.</summary>
    public async Task FillEventsAsync(int count, CancellationToken cancel)
    {
        for (var done = 0; done < count; done += EventsOfUnit)
        {
            Measuring.Progress.Detail($"filling: {done:N0} of {count:N0} events");
            var unit = new AppendUnit { Streams = [.. Enumerable.Range(0, EventsOfUnit / EventsOfWallet).Select(_ => Wallet())] };
            if (await log.AppendAsync(unit, cancel) is not AppendResult.Appended)
                throw new NoResultException("The event store refused to be filled.");
        }

        await SettleAsync("events", cancel);
    }

    private StreamAppend Wallet()
    {
        var wallet = WalletId.From(Guid.CreateVersion7());
        WalletEvent opened = new WalletEvent.Opened(wallet, UserId.Parse($"bench-long-{_wallets++:D6}"), Currency.Parse("EUR"));
        var deposits = Enumerable.Range(1, EventsOfWallet - 1).Select(amount =>
            new WalletEvent.Deposited(MovementId.From(Guid.CreateVersion7()), new Money(amount, Currency.Parse("EUR")), null));
        return new StreamAppend(
            new StreamId("wallet", $"{wallet.Value:D}"), ExpectedVersion.Exactly(0), [.. deposits.Prepend(opened).Select(Event)]);
    }

    private static NewEvent Event(WalletEvent e)
    {
        var (name, schema, json) = WireFormat.Encode(e);
        return new NewEvent(
            Guid.CreateVersion7(), name, schema, json, new EventMetadata(Guid.CreateVersion7(), null, "bench", null, RoutingKey: null));
    }

    // What autovacuum would do within minutes.
    private async Task SettleAsync(string table, CancellationToken cancel)
    {
        await using var command = database.CreateCommand($"vacuum analyze {table}");
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync(cancel);
    }
}
