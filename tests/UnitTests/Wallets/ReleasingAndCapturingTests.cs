using System.Collections.Immutable;
using Payments.Domain;
using Payments.Domain.Wallets;
using static UnitTests.Wallets.WalletScenario;

namespace UnitTests.Wallets;

public sealed class ReleasingAndCapturingTests
{
    private static readonly Wallet Holding = Given(Deposited(5_000), Held(1, 1_000), Held(2, 500));

    [Fact]
    public void A_release_makes_all_that_was_held_available_again()
    {
        Accepts(Holding, Release(1), Released(1, 1_000));

        Same(
            Given(Deposited(5_000), Held(2, 500)) with { Recent = Recently(WalletOutcomes.HoldReleased) }, // Its day has it back, too.
            Wallet.Evolve(Holding, Released(1, 1_000)));
    }

    [Fact]
    public void A_capture_takes_the_held_money_out()
    {
        Accepts(Holding, Capture(1, 1_000), Captured(1, 1_000));

        Same(
            Given(Deposited(4_000), Held(2, 500)) with { Recent = Recently(WalletOutcomes.HoldCaptured), Spent = new(Today, 1_500) },
            Wallet.Evolve(Holding, Captured(1, 1_000)));
    }

    [Fact]
    public void A_partial_capture_makes_the_rest_available_again()
    {
        Accepts(Holding, Capture(1, 300), Captured(1, 300, released: 700));

        Same(
            Given(Deposited(4_700), Held(2, 500)) with { Recent = Recently(WalletOutcomes.HoldCaptured), Spent = new(Today, 800) },
            Wallet.Evolve(Holding, Captured(1, 300, released: 700)));
    }

    [Theory]
    [InlineData(1_001)]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(Money.AmountMinorMax + 1)]
    public void Neither_nothing_nor_more_than_was_held_is_captured(long minor) =>
        Accepts(Holding, Capture(1, minor), CaptureRefused(1, Euro(minor), "amount_out_of_range"));

    [Fact]
    public void A_capture_in_another_currency_is_refused() => Accepts(
        Holding,
        new WalletCommand.Capture(Anna, HoldOf(1), Operation(1), new Money(1_000, Usd), Ben),
        CaptureRefused(1, new Money(1_000, Usd), "currency_mismatch"));

    [Fact]
    public void What_is_not_held_is_not_captured()
    {
        var refused = CaptureRefused(1, Euro(1_000), "hold_not_found");

        Accepts(Given(Deposited(5_000)), Capture(1, 1_000), refused);
        Accepts(Wallet.Evolve(Holding, Released(1, 1_000)), Capture(1, 1_000), refused);
        Accepts(Wallet.Evolve(Holding, Expired(1, 1_000)), Capture(1, 1_000), refused);
        Accepts(Given(Insufficient(1, 1_000, 0)), Capture(1, 1_000), refused);
    }

    [Fact]
    public void A_repeated_capture_does_nothing_also_a_partial_one()
    {
        Accepts(Wallet.Evolve(Holding, Captured(1, 1_000)), Capture(1, 1_000));
        Accepts(Wallet.Evolve(Holding, Captured(1, 300, released: 700)), Capture(1, 300));
    }

    [Fact]
    public void A_release_that_was_answered_before_does_nothing()
    {
        Accepts(Wallet.Evolve(Holding, Released(1, 1_000)), Release(1));
        Accepts(Wallet.Evolve(Holding, Captured(1, 1_000)), Release(1));
        Accepts(Wallet.Evolve(Holding, NotOpen(3)), Release(3));
    }

    /// <summary>A saga waits for the answer: there must be one, also when the hold was refused or has expired meanwhile.</summary>
    [Fact]
    public void A_release_of_what_is_not_held_is_answered()
    {
        Accepts(Holding, Release(3), NotOpen(3));
        Accepts(Given(Insufficient(1, 1_000, 0)), Release(1), NotOpen(1));
        Accepts(Wallet.Evolve(Holding, Expired(1, 1_000)), Release(1), NotOpen(1));
    }

    /// <summary>A saga that goes back at once may be quicker than its own hold: nobody would ever release that.</summary>
    [Fact]
    public void A_hold_that_comes_after_its_release_is_not_made() => Accepts(Given(Deposited(5_000), NotOpen(1)), Hold(1, 1_000));

    [Fact]
    public void What_a_saga_has_held_is_ended_by_that_saga_only() => Assert.All(
        [HoldPurpose.Payment, HoldPurpose.Refund],
        purpose =>
        {
            var wallet = Given(Deposited(5_000), Held(1, 1_000, purpose));
            var message = $"Hold {HoldOf(1)} belongs to a payment or refund that is on its way, and is ended by that.";

            RefusesNow(wallet, Release(1), "hold_of_operation", message);
            RefusesNow(wallet, Capture(1, 1_000), "hold_of_operation", message);
            Accepts(wallet, Release(1), Released(1, 1_000));
            Accepts(wallet, Capture(1, 1_000), Captured(1, 1_000));
        });

    [Fact]
    public void A_reservation_is_ended_by_the_client_that_made_it()
    {
        var wallet = Given(Deposited(5_000), Held(1, 1_000, HoldPurpose.Reservation));

        Assert.Equal([Released(1, 1_000)], Accepted(wallet, Release(1)));
        Assert.Equal([Captured(1, 400, released: 600)], Accepted(wallet, Capture(1, 400)));
        Assert.Empty(Accepted(Wallet.Evolve(wallet, Captured(1, 1_000)), Capture(1, 1_000)));
        RefusesNow(wallet, Capture(1, 1_001), "amount_out_of_range", "The capture of 1001 EUR is refused: amount_out_of_range.");
        RefusesNow(wallet, Capture(2, 1), "hold_not_found", "The capture of 1 EUR is refused: hold_not_found.");
        RefusesNow(wallet, Release(2), "hold_not_found", $"There is no open hold {HoldOf(2)}.");
    }

    private static ImmutableArray<WalletEvent> Accepted(Wallet wallet, WalletCommand command) =>
        Assert.IsType<Decision<WalletEvent>.Accepted>(Wallet.DecideNow(wallet, command, Now)).Events;

    private static RecentOutcomes Recently(WalletOutcomes outcome) => RecentOutcomes.None.Add(HoldOf(1).Value, outcome);
}
