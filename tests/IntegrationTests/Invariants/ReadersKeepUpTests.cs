using IntegrationTests.EventStore;
using Payments.EventStore.Contract;
using Payments.Operations.Invariants;
using Payments.WalletService;

namespace IntegrationTests.Invariants;

/// <summary>A reader of the log that stands still while events wait, or that has read what is not there, is named with the event.</summary>
public sealed class ReadersKeepUpTests(PostgresFixture postgres) : IAsyncLifetime
{
    private static readonly StreamId Stream = new("wallet", "w");

    private WatchedDatabase _database = null!;

    private Invariant Invariant => new ReadersKeepUp(_database.Source, _database.Store, _database.Options).Invariant;

    public async ValueTask InitializeAsync()
    {
        _database = await WatchedDatabase.CreateAsync(postgres, "wallets", typeof(WalletHost).Assembly);
        for (var i = 0; i < 10; i++)
        {
            var appended = await _database.Store.AppendAsync(
                new AppendUnit { Streams = [new StreamAppend(Stream, ExpectedVersion.Any, [Sample.Event("wallet.opened.v1")])] },
                TestContext.Current.CancellationToken);
            Assert.IsType<AppendResult.Appended>(appended);
        }

        await _database.ExecuteAsync("update relay_checkpoint set position = 10");
        await SealAsync(10);
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task When_all_have_read_to_the_end_there_is_nothing_to_say()
    {
        await LookForTwoMinutesAsync();

        Assert.Empty(await _database.AlertsAsync());
        Assert.Equal(("holds", 2L), (await _database.ViewAsync(Invariant)) is var v ? (v.State, v.Checked) : default);
    }

    [Fact]
    public async Task A_relay_that_stands_still_for_a_minute_is_named_with_the_first_event_that_waits_and_clears_when_it_moves()
    {
        await _database.ExecuteAsync("update relay_checkpoint set position = 4");
        await _database.LookTwiceAsync(Invariant);
        Assert.Empty(await _database.AlertsAsync());

        await LookForTwoMinutesAsync();
        var alert = Assert.Single(await _database.OpenAlertsAsync());
        Assert.Equal(
            ("relay has not moved from position 4 for 60 s while events up to 10 wait.", await _database.EventAsync(Stream, 5)),
            (alert.Message, alert.Event));

        await _database.ExecuteAsync("update relay_checkpoint set position = 10");
        await _database.LookAsync(Invariant);
        Assert.Empty(await _database.OpenAlertsAsync());
    }

    [Fact]
    public async Task A_reader_that_is_slow_but_moves_is_not_named()
    {
        for (var position = 1; position < 10; position++)
        {
            await _database.ExecuteAsync("update relay_checkpoint set position = $1", (long)position);
            await _database.LookTwiceAsync(Invariant);
        }

        Assert.Empty(await _database.AlertsAsync());
    }

    [Fact]
    public async Task A_consumer_whose_watermark_stands_still_is_named_and_one_that_never_spoke_too()
    {
        // The partition of the stream's routing key, whichever it is: all twelve have what they were sent.
        await _database.ExecuteAsync(
            "insert into relay_partitions select 'events.payments.v1', p, 10, 1 from generate_series(0, 11) p");
        await _database.ExecuteAsync(
            "insert into relay_acknowledgements select 'saga-service', 'events.payments.v1', p, 6 from generate_series(0, 10) p");
        await LookForTwoMinutesAsync();

        // Only the partition that the events go to waits for anything.
        var alert = Assert.Single(await _database.OpenAlertsAsync());
        Assert.StartsWith("saga-service on events.payments.v1/", alert.Message, StringComparison.Ordinal);
        Assert.Equal(await _database.EventAsync(Stream, alert.Message.Contains("/11 ", StringComparison.Ordinal) ? 1 : 7), alert.Event);
    }

    [Fact]
    public async Task A_consumer_that_is_ahead_of_the_log_says_that_the_log_has_lost_its_end()
    {
        await _database.ExecuteAsync("insert into relay_partitions values ('events.payments.v1', 3, 12, 1)");
        await _database.ExecuteAsync("insert into relay_acknowledgements values ('saga-service', 'events.payments.v1', 3, 12)");
        await LookForTwoMinutesAsync();

        var alert = Assert.Single(await _database.OpenAlertsAsync());
        Assert.Equal(
            "saga-service on events.payments.v1/3 has read up to position 12, and the log ends at 10: the log has lost its end.",
            alert.Message);
        Assert.Equal(await _database.EventAsync(Stream, 10), alert.Event);
    }

    private async Task LookForTwoMinutesAsync()
    {
        for (var looks = 0; looks < 6; looks++)
        {
            await _database.LookAsync(Invariant);
        }
    }

    private Task SealAsync(long upTo) => _database.ExecuteAsync(
        "insert into seals values (1, 1, $1, decode(repeat('00', 32 * $1::int), 'hex'), '', '', '', now())", upTo);
}
