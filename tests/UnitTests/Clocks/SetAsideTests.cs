using Payments.Operations.Clocks;
using Payments.Operations.Invariants;

namespace UnitTests.Clocks;

public sealed class SetAsideTests
{
    private static readonly Guid Hold = Guid.Parse("0198c0de-0000-7000-8000-000000000001");
    private static readonly Guid Wallet = Guid.Parse("0198c0de-0000-7000-8000-00000000000a");

    private readonly StandingClock _clock = new();
    private readonly SetAside _aside;

    public SetAsideTests() => _aside = new("holds-expire", "Every hold that is over is given back.", "wallet", _clock);

    [Fact]
    public async Task What_fails_is_left_alone_for_a_while_told_once_and_an_alert_until_it_is_dealt_with()
    {
        Assert.True(_aside.Add(Hold, Wallet, new InvalidOperationException("Corrupt.")));
        Assert.Equal([Hold], _aside.Now);

        _clock.Advance(SetAside.For);
        Assert.Empty(_aside.Now);
        Assert.False(_aside.Add(Hold, Wallet, new InvalidOperationException("Still corrupt.")));
        Assert.Equal([Hold], _aside.Now);
        Assert.Equal($"wallet/{Wallet} cannot be dealt with: Still corrupt.", Assert.Single((await LookAsync()).Findings).Message);

        _aside.Remove(Hold);
        Assert.Empty((await LookAsync()).Findings);
    }

    [Fact]
    public async Task What_is_not_due_any_more_is_forgotten_but_not_what_was_not_looked_at()
    {
        var other = Guid.Parse("0198c0de-0000-7000-8000-000000000002");
        _aside.Add(Hold, Wallet, new InvalidOperationException("Corrupt."));
        _aside.Add(other, other, new InvalidOperationException("Corrupt."));

        _aside.KeepOnly(due: [], notLookedAt: [Hold]);

        Assert.Equal($"wallet/{Wallet}", Assert.Single((await LookAsync()).Findings).Subject);
    }

    [Fact]
    public void Memory_is_bounded()
    {
        for (var i = 0; i <= SetAside.ItemsMax; i++)
        {
            _aside.Add(Guid.NewGuid(), Wallet, new InvalidOperationException("Corrupt."));
        }

        Assert.Equal(SetAside.ItemsMax, _aside.Now.Length);
    }

    private Task<Seen> LookAsync() => _aside.Invariant.Check(Look.First, TestContext.Current.CancellationToken);

    private sealed class StandingClock : TimeProvider
    {
        private DateTimeOffset _now = new(2026, 1, 15, 12, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => _now;

        public void Advance(TimeSpan time) => _now += time;
    }
}
