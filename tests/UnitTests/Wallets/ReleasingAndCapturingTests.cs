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
            Given(Deposited(5_000), Held(2, 500)) with { Recent = Recently(WalletOutcomes.HoldReleased) },
            Wallet.Evolve(Holding, Released(1, 1_000)));
    }

    [Fact]
    public void A_capture_takes_the_held_money_out()
    {
        Accepts(Holding, Capture(1, 1_000), Captured(1, 1_000));

        Same(
            Given(Deposited(4_000), Held(2, 500)) with { Recent = Recently(WalletOutcomes.HoldCaptured) },
            Wallet.Evolve(Holding, Captured(1, 1_000)));
    }

    [Fact]
    public void A_partial_capture_makes_the_rest_available_again()
    {
        Accepts(Holding, Capture(1, 300), Captured(1, 300, released: 700));

        Same(
            Given(Deposited(4_700), Held(2, 500)) with { Recent = Recently(WalletOutcomes.HoldCaptured) },
            Wallet.Evolve(Holding, Captured(1, 300, released: 700)));
    }

    [Fact]
    public void More_than_was_held_is_not_captured() =>
        Refuses(Holding, Capture(1, 1_001), "amount_out_of_range", "1001 EUR is more than the 1000 EUR held.");

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(Money.AmountMinorMax + 1)]
    public void A_capture_of_an_amount_out_of_range_is_refused(long minor) =>
        Refuses(Holding, Capture(1, minor), "amount_out_of_range", "An amount is from 1 to 1000000000000000 minor units.");

    [Fact]
    public void A_capture_in_another_currency_is_refused() => Refuses(
        Holding,
        new WalletCommand.Capture(Anna, HoldOf(1), Payment(1), new Money(1_000, Usd), Ben),
        "currency_mismatch",
        $"Wallet {Anna} is in EUR, not USD.");

    [Fact]
    public void What_was_never_held_is_not_captured() =>
        Refuses(Holding, Capture(3, 1), "hold_not_found", $"Wallet {Anna} has no hold {HoldOf(3)}.");

    [Fact]
    public void What_was_released_or_never_granted_is_not_captured()
    {
        var message = $"Wallet {Anna} has no hold {HoldOf(1)}.";

        Refuses(Wallet.Evolve(Holding, Released(1, 1_000)), Capture(1, 1_000), "hold_not_found", message);
        Refuses(Given(Insufficient(1, 1_000, 0)), Capture(1, 1_000), "hold_not_found", message);
    }

    [Fact]
    public void A_repeated_capture_does_nothing_also_a_partial_one()
    {
        Accepts(Wallet.Evolve(Holding, Captured(1, 1_000)), Capture(1, 1_000));
        Accepts(Wallet.Evolve(Holding, Captured(1, 300, released: 700)), Capture(1, 300));
    }

    [Fact]
    public void A_release_of_what_is_not_held_any_more_does_nothing()
    {
        Accepts(Holding, Release(3));
        Accepts(Wallet.Evolve(Holding, Released(1, 1_000)), Release(1));
        Accepts(Wallet.Evolve(Holding, Captured(1, 1_000)), Release(1));
    }

    private static RecentOutcomes Recently(WalletOutcomes outcome) => RecentOutcomes.None.Add(HoldOf(1).Value, outcome);
}
