using System.Text.Json.Nodes;
using Payments.Contracts.Invariants;
using Payments.Operations.Invariants;
using Payments.WalletService;

namespace IntegrationTests.Invariants;

/// <summary>What becomes of findings: suspicions first, alerts when they stand, cleared when they are gone, and never lost.</summary>
public sealed class InvariantLookTests(PostgresFixture postgres) : IAsyncLifetime
{
    private WatchedDatabase _database = null!;
    private Func<Look, Seen> _check = _ => new Seen(0, []);

    private Invariant Invariant => new()
    {
        Name = "two-and-two",
        Meaning = "Are four.",
        Check = (look, _) => Task.FromResult(_check(look)),
    };

    public async ValueTask InitializeAsync() =>
        _database = await WatchedDatabase.CreateAsync(postgres, "wallets", typeof(WalletHost).Assembly);

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task A_finding_is_an_alert_at_the_second_look_and_is_kept_when_it_is_gone()
    {
        var e = new EventReference("wallet/1", 3, 17, Guid.NewGuid());
        _check = _ => new Seen(4, [new Finding("wallet/1", "It is five.", e, new JsonObject { ["sum"] = 5 })]) { Cursor = """{"at": 4}""" };
        var firstSeen = _database.Clock.Now;
        await _database.LookAsync(Invariant);
        Assert.Empty(await _database.AlertsAsync());
        Assert.Equal(("holds", 4L, 0L, 1L), await StateAsync());

        await _database.LookAsync(Invariant);
        var alert = Assert.Single(await _database.AlertsAsync());
        Assert.Equal(
            ("two-and-two", "wallet/1", "It is five.", new AlertEventView("wallet/1", 3, 17, e.EventId), """{"sum": 5}"""),
            (alert.Invariant, alert.Subject, alert.Message, alert.Event, alert.Details.ToString()));
        Assert.Equal(firstSeen.AddSeconds(20), alert.FoundAt, TimeSpan.FromMilliseconds(1));
        Assert.Null(alert.ClearedAt);
        Assert.Equal(("violated", 4L, 1L, 0L), await StateAsync());

        // Seen once more it is the same alert; and what the look left for the next is there.
        _check = look => look is { Known: ["wallet/1"], Cursor: """{"at": 4}""" }
            ? new Seen(1, [new Finding("wallet/1", "It is six.", null)])
            : throw new InvalidOperationException();
        await _database.LookAsync(Invariant);
        var again = Assert.Single(await _database.AlertsAsync());
        Assert.Equal("It is five.", again.Message);
        Assert.Equal(firstSeen.AddSeconds(40), again.LastSeenAt, TimeSpan.FromMilliseconds(1));

        _check = _ => new Seen(1, []);
        await _database.LookAsync(Invariant);
        Assert.NotNull(Assert.Single(await _database.AlertsAsync()).ClearedAt);
        Assert.Equal(("holds", 1L, 0L, 0L), await StateAsync());

        // When it comes back, it is another alert.
        _check = _ => new Seen(1, [new Finding("wallet/1", "It is five.", e)]);
        await _database.LookTwiceAsync(Invariant);
        Assert.Equal([true, false], (await _database.AlertsAsync()).Select(a => a.ClearedAt is null));
    }

    [Fact]
    public async Task An_event_that_is_found_later_than_the_mismatch_is_added_to_the_alert()
    {
        _check = _ => new Seen(1, [new Finding("EUR", "Not zero.", null)]);
        await _database.LookTwiceAsync(Invariant);
        Assert.Null(Assert.Single(await _database.OpenAlertsAsync()).Event);

        _check = _ => new Seen(1, [new Finding("EUR", "Not zero.", new EventReference("wallet/1", 2, null, null))]);
        await _database.LookAsync(Invariant);
        Assert.Equal(new AlertEventView("wallet/1", 2, null, null), Assert.Single(await _database.OpenAlertsAsync()).Event);

        // Evidence is kept as it was found first.
        _check = _ => new Seen(1, [new Finding("EUR", "Not zero.", new EventReference("wallet/1", 1, null, null))]);
        await _database.LookAsync(Invariant);
        Assert.Equal(2, Assert.Single(await _database.OpenAlertsAsync()).Event!.Version);
    }

    [Fact]
    public async Task What_goes_within_the_grace_was_on_its_way_and_alarms_nobody()
    {
        for (var round = 0; round < 5; round++)
        {
            _check = _ => new Seen(1, [new Finding($"payment/{round}", "Here but not there.", null)]);
            await _database.LookAsync(Invariant);
        }

        Assert.Empty(await _database.AlertsAsync());
        Assert.Equal(("holds", 1L, 0L, 1L), await StateAsync());
    }

    [Fact]
    public async Task What_cannot_be_checked_is_no_mismatch_but_is_shown_and_what_stands_goes_on_standing()
    {
        _check = _ => new Seen(1, [new Finding("wallet/1", "It is five.", null)]);
        await _database.LookTwiceAsync(Invariant);
        var since = _database.Clock.Now;
        _check = _ => throw new HttpRequestException("Nobody there.");
        await _database.LookTwiceAsync(Invariant);

        var view = await _database.ViewAsync(Invariant);
        Assert.Equal(("violated", "Nobody there."), (view.State, view.Error));
        Assert.Equal(since, view.CouldNotCheckSince!.Value, TimeSpan.FromMilliseconds(1));
        Assert.Null(Assert.Single(await _database.AlertsAsync()).ClearedAt);

        _check = _ => new Seen(1, []);
        await _database.LookAsync(Invariant);
        view = await _database.ViewAsync(Invariant);
        Assert.Equal(("holds", null, null), (view.State, view.Error, view.CouldNotCheckSince));
        Assert.NotNull(Assert.Single(await _database.AlertsAsync()).ClearedAt);
    }

    [Fact]
    public async Task A_disaster_raises_a_thousand_alerts_and_says_that_there_is_more()
    {
        _check = _ => new Seen(1, [.. Enumerable.Range(0, 1_500).Select(n => new Finding($"wallet/{n}", "Gone.", null))]);
        await _database.LookTwiceAsync(Invariant);

        Assert.Equal(1_000, (await _database.OpenAlertsAsync()).Count);
        Assert.Equal("500 more findings are not listed.", (await _database.ViewAsync(Invariant)).Note);
    }

    private async Task<(string State, long Checked, long OpenAlerts, long Suspicions)> StateAsync()
    {
        var view = await _database.ViewAsync(Invariant);
        return (view.State, view.Checked, view.OpenAlerts, view.Suspicions);
    }
}
