using Payments.Domain;
using Payments.Domain.Wallets;
using static UnitTests.Wallets.WalletScenario;

namespace UnitTests.Wallets;

public sealed class ExpiringTests
{
    private static readonly Wallet Holding = Given(Deposited(5_000), Held(1, 1_000, HoldPurpose.Reservation));
    private static readonly WalletCommand Expire = new WalletCommand.ExpireHold(HoldOf(1));
    private static readonly DateTimeOffset Over = Now.AddSeconds(LifetimeSeconds);

    [Fact]
    public void A_hold_whose_time_is_over_falls_back()
    {
        Assert.Empty(When(Holding, Expire, Over.AddTicks(-1)));
        Assert.Equal([Expired(1, 1_000)], When(Holding, Expire, Over));
        Same(
            Given(Deposited(5_000)) with
            {
                Recent = RecentOutcomes.None.Add(HoldOf(1).Value, WalletOutcomes.HoldExpired),
                Spent = new DaySpending(Today, 0),
            },
            Wallet.Evolve(Holding, Expired(1, 1_000)));
    }

    [Fact]
    public void What_was_captured_released_or_expired_before_does_not_expire()
    {
        Assert.Empty(When(Wallet.Evolve(Holding, Captured(1, 1_000)), Expire, Over));
        Assert.Empty(When(Wallet.Evolve(Holding, Released(1, 1_000)), Expire, Over));
        Assert.Empty(When(Wallet.Evolve(Holding, Expired(1, 1_000)), Expire, Over));
        Assert.Empty(When(Given(), Expire, Over));
    }

    [Fact]
    public void Once_its_time_is_over_nothing_is_captured_also_before_anybody_has_come_to_end_it()
    {
        Assert.Equal([Captured(1, 1_000)], When(Holding, Capture(1, 1_000), Over.AddTicks(-1)));

        Assert.Equal([CaptureRefused(1, Euro(1_000), "hold_not_found")], When(Holding, Capture(1, 1_000), Over));
        Assert.Equal(
            "hold_not_found",
            Assert.IsType<Decision<WalletEvent>.Refused>(Wallet.DecideNow(Holding, Capture(1, 1_000), Over)).Reason.Code);
    }

    [Fact]
    public void After_it_nothing_is_captured_and_a_repeated_hold_does_nothing()
    {
        var expired = Wallet.Evolve(Holding, Expired(1, 1_000));

        Accepts(expired, Capture(1, 1_000), CaptureRefused(1, Euro(1_000), "hold_not_found"));
        Accepts(expired, Hold(1, 1_000, HoldPurpose.Reservation));
        RefusesNow(expired, Release(1), "hold_not_found", $"There is no open hold {HoldOf(1)}.");
    }
}
