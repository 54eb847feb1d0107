using Payments.Domain.Wallets;
using Payments.EventStore.Contract;
using Payments.Messaging.DeadLetters;
using Payments.Messaging.DeadLetters.Replays;
using Payments.Messaging.Parking;
using Payments.Operations.Audit;

namespace IntegrationTests.Replays;

/// <summary>Replays of the wallet service's dead letters, on its real database.</summary>
public sealed class ReplayTests(PostgresFixture postgres) : IAsyncLifetime
{
    private ReplayStage<Wallet, WalletEvent> _stage = null!;

    private string Consumer => _stage.Consumer.Name;

    public async ValueTask InitializeAsync() => _stage = await WalletLetters.StageAsync(postgres);

    public ValueTask DisposeAsync() => _stage.DisposeAsync();

    [Fact]
    public async Task What_waits_behind_a_dead_letter_follows_it_in_order()
    {
        var wallet = (await _stage.OpenAsync(1))[0];
        var messages = Enumerable.Range(1, 30).Select(i => WalletLetters.Credit(wallet, i)).ToList();
        await _stage.ParkAsync([messages[0].Dead(Consumer), .. messages.Skip(1).Select(m => m.Waiting(Consumer))]);
        await using var retries = _stage.RunRetries();
        await using var replays = _stage.RunReplays();

        var replay = await _stage.UntilAsync(await _stage.StartAsync(), Replay.Done);
        await _stage.DrainedAsync();

        Assert.Equal((1, 0, 0), (replay.Counts.Applied, replay.Counts.Failed, replay.Counts.Skipped));
        Assert.Equal(messages.Select(m => m.Headers.Id), await CausesAsync(wallet));
        Assert.Equal(["replayed"], await _stage.QueryAsync<string>("select status from parked_messages"));
        Assert.Equal(
            ["replay tests/ada because"],
            await _stage.QueryAsync<string>("select format('%s %s %s', act, by, reason) from operator_acts"));
    }

    [Fact]
    public async Task Only_what_was_chosen_and_as_it_was_is_replayed()
    {
        var wallets = await _stage.OpenAsync(4);
        await _stage.ParkAsync([.. wallets.Take(3).Select(w => WalletLetters.Credit(w).Dead(Consumer))]);
        var id = await _stage.StartAsync();
        await _stage.ParkAsync(WalletLetters.Credit(wallets[3]).Dead(Consumer)); // It came later.
        var letters = await _stage.Letters.SelectAsync(new() { Filter = new() }, 10, TestContext.Current.CancellationToken);
        await _stage.StoredAsync(new AppendUnit
        {
            Rows =
            [
                EditRow.Of(letters[0], letters[0].Payload, DateTimeOffset.UtcNow, "bob", "mended").ToRow(),
                ParkingRow.Settle(letters[1], ParkingRow.Discarded, DateTimeOffset.UtcNow).ToRow(),
            ],
        });

        await using var replays = _stage.RunReplays();
        var replay = await _stage.UntilAsync(id, Replay.Done);

        Assert.Equal((1, 0, 2), (replay.Counts.Applied, replay.Counts.Failed, replay.Counts.Skipped));
        Assert.Equal(
            ["1 skipped It was changed since it was chosen.", "2 skipped It was discarded meanwhile.", "3 applied "],
            await _stage.QueryAsync<string>("select format('%s %s %s', ordinal, status, error) from replay_items order by ordinal"));
        Assert.Equal(
            ["dead", "discarded", "replayed", "dead"],
            await _stage.QueryAsync<string>("select status from parked_messages order by id"));
    }

    [Theory]
    [InlineData(20, 1)] // The very first one fails: 100 %.
    [InlineData(100, 60)]
    public async Task It_stops_by_itself_when_too_much_fails(int stopAtPercent, int doneAtEnd)
    {
        // No such wallets.
        await _stage.ParkAsync([.. Enumerable.Range(0, 60).Select(_ => WalletLetters.Credit(Guid.CreateVersion7()).Dead(Consumer))]);
        await using var replays = _stage.RunReplays();

        var replay = await _stage.UntilAsync(await _stage.StartAsync(stopAtPercent: stopAtPercent), Replay.Stopped, Replay.Done);

        Assert.Equal((0, doneAtEnd), (replay.Counts.Applied, replay.Counts.Failed));
        Assert.Equal(doneAtEnd == 60 ? "done" : "stopped", replay.Status);
        Assert.Equal(60, (await _stage.QueryAsync<long>("select count(*) from dead_letters"))[0]);
        Assert.Equal(doneAtEnd, (await _stage.QueryAsync<long>(
            "select count(*) from parked_messages where attempts = 2 and error_type = 'wallet_not_found'"))[0]);
    }

    [Fact]
    public async Task In_the_last_stage_it_stops_at_the_failure_that_is_one_too_many_and_goes_on_up_the_ramp_when_resumed()
    {
        var wallets = await _stage.OpenAsync(200);
        await _stage.ParkAsync([.. wallets.Select((w, i) =>
            WalletLetters.Credit(i is >= 80 and < 100 ? Guid.CreateVersion7() : w).Dead(Consumer))]);
        await using var replays = _stage.RunReplays();

        var id = await _stage.StartAsync(stopAtPercent: 10);
        var stopped = await _stage.UntilAsync(id, Replay.Stopped);

        // 80 went through; 8 of 88 are 9 %, 9 of 89 are more than 10 %.
        Assert.Equal((80, 9), (stopped.Counts.Applied, stopped.Counts.Failed));
        Assert.Equal("9 of 89 failed: more than was agreed.", stopped.Note);

        await _stage.SetAsync(id, Replay.Stopped, Replay.Running);
        var again = await _stage.UntilAsync(id, Replay.Stopped);
        Assert.Equal((80, 10), (again.Counts.Applied, again.Counts.Failed)); // The first of the new ramp.
    }

    [Fact]
    public async Task Once_paused_nothing_more_is_done_until_it_is_resumed_and_once_cancelled_nothing_ever()
    {
        var wallets = await _stage.OpenAsync(300);
        await _stage.ParkAsync([.. wallets.Select(w => WalletLetters.Credit(w).Dead(Consumer))]);
        await using var replays = _stage.RunReplays();
        var id = await _stage.StartAsync(rate: 200);
        await AppliedAsync(id, atLeast: 30);

        await _stage.SetAsync(id, Replay.Running, Replay.Paused);
        var paused = (await _stage.Books.FindAsync(id, TestContext.Current.CancellationToken))!;
        await Task.Delay(600, TestContext.Current.CancellationToken); // Longer than anything that was under way.
        Assert.Equal(paused.Counts, (await _stage.Books.FindAsync(id, TestContext.Current.CancellationToken))!.Counts);

        await _stage.SetAsync(id, Replay.Paused, Replay.Running);
        await AppliedAsync(id, atLeast: paused.Counts.Applied + 20);
        await _stage.SetAsync(id, Replay.Running, Replay.Cancelled);
        var applied = (await _stage.Books.FindAsync(id, TestContext.Current.CancellationToken))!.Counts.Applied;
        await Task.Delay(600, TestContext.Current.CancellationToken);

        Assert.InRange(applied, 50, 299);
        Assert.Equal(applied, (await _stage.QueryAsync<long>("select count(*) from parked_messages where status = 'replayed'"))[0]);
        Assert.Equal(applied, (await _stage.QueryAsync<long>(
            "select count(*) from events where event_type = 'wallet.funds-credited.v1'"))[0]);
        Assert.Equal(300 - applied, (await _stage.QueryAsync<long>("select count(*) from replay_items where status = 'pending'"))[0]);
    }

    [Fact]
    public async Task Two_runners_that_both_think_they_lead_apply_each_once()
    {
        var wallets = await _stage.OpenAsync(1_000);
        await _stage.ParkAsync([.. wallets.Select(w => WalletLetters.Credit(w).Dead(Consumer))]);
        await using var one = _stage.RunReplays();
        await using var other = _stage.RunReplays();

        var replay = await _stage.UntilAsync(await _stage.StartAsync(), Replay.Done);

        Assert.Equal((1_000, 0, 0), (replay.Counts.Applied, replay.Counts.Failed, replay.Counts.Skipped));
        Assert.Equal(1_000, (await _stage.QueryAsync<long>(
            "select count(*) from events where event_type = 'wallet.funds-credited.v1'"))[0]);
        Assert.Equal(1_000, (await _stage.QueryAsync<long>("select count(distinct message_id) from operator_acts"))[0]);
        Assert.Equal(1_000, (await _stage.QueryAsync<long>("select count(*) from operator_acts"))[0]);
    }

    [Fact]
    public async Task What_the_database_rejects_fails_alone()
    {
        var wallets = await _stage.OpenAsync(40);
        await _stage.QueryAsync<int>(
            $"alter table ledger_entries add constraint not_this check (wallet_id <> '{wallets[33]}') not valid");
        await _stage.ParkAsync([.. wallets.Select(w => WalletLetters.Credit(w).Dead(Consumer))]);
        await using var replays = _stage.RunReplays();

        var replay = await _stage.UntilAsync(await _stage.StartAsync(), Replay.Done);

        Assert.Equal((39, 1), (replay.Counts.Applied, replay.Counts.Failed));
        Assert.Equal(["34 StoreRejectedException"], await _stage.QueryAsync<string>(
            "select format('%s %s', ordinal, error_type) from replay_items where status = 'failed'"));
        Assert.Equal(["dead"], await _stage.QueryAsync<string>(
            "select m.status from parked_messages m join replay_items i on i.message_id = m.id where i.status = 'failed'"));
    }

    [Fact]
    public async Task A_selection_is_discarded_by_the_same_rules()
    {
        var wallet = (await _stage.OpenAsync(1))[0];
        await _stage.ParkAsync(WalletLetters.Credit(wallet, 1).Dead(Consumer), WalletLetters.Credit(wallet, 2).Waiting(Consumer));
        await using var retries = _stage.RunRetries();
        await using var replays = _stage.RunReplays();

        await _stage.UntilAsync(await _stage.StartAsync(act: OperatorAct.Discard), Replay.Done);
        await _stage.DrainedAsync();

        Assert.Equal(["discarded"], await _stage.QueryAsync<string>("select status from parked_messages"));
        Assert.Equal(
            ["2"],
            await _stage.QueryAsync<string>("select data #>> '{amount,minor}' from events where event_type = 'wallet.funds-credited.v1'"));
        Assert.Equal(["discard"], await _stage.QueryAsync<string>("select act from operator_acts"));
    }

    [Fact]
    public async Task The_record_of_acts_can_only_grow()
    {
        foreach (var sql in new[] { "update operator_acts set by = 'me'", "delete from operator_acts", "truncate operator_acts" })
        {
            await Assert.ThrowsAsync<Npgsql.PostgresException>(() => _stage.QueryAsync<int>(sql));
        }
    }

    private Task AppliedAsync(Guid replay, int atLeast) => ReplayStage<Wallet, WalletEvent>.UntilAsync(
        async () => (await _stage.Books.FindAsync(replay, TestContext.Current.CancellationToken))!.Counts.Applied >= atLeast,
        () => "It does not get on.");

    private Task<List<Guid>> CausesAsync(Guid wallet) => _stage.QueryAsync<Guid>(
        "select causation_id from events where stream_id = $1 and causation_id is not null order by stream_version", $"wallet/{wallet}");
}
