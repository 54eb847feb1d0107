using Payments.Messaging.Parking;
using UnitTests.Randomness;

namespace UnitTests.Messaging;

public sealed class RetryPolicyTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 15, 12, 0, 0, TimeSpan.Zero);
    private static readonly Failure Passing = Failure.Of(new InvalidOperationException("It may be over soon."));

    [Fact]
    public void What_is_over_within_half_a_minute_never_becomes_a_dead_letter_and_a_person_hears_of_the_rest_soon()
    {
        var policy = new RetryPolicy(new RetryOptions(), Seed.NewRandom());
        for (var message = 0; message < 1_000; message++)
        {
            var now = Start;
            var attempts = 1;
            while (policy.RetryAt(Passing, attempts, now) is { } next)
            {
                Assert.True(next > now);
                now = next;
                attempts++;
            }

            Assert.Equal(new RetryOptions().AttemptsMax, attempts);
            Assert.InRange(now - Start, TimeSpan.FromSeconds(37.75), TimeSpan.FromSeconds(75.5));
        }
    }

    [Fact]
    public void Poison_is_not_tried_again()
    {
        var policy = new RetryPolicy(new RetryOptions(), Seed.NewRandom());

        Assert.Null(policy.RetryAt(Failure.Of(new FormatException("No JSON.")), 1, Start));
        Assert.Null(policy.RetryAt(Failure.Unreadable("The key is missing."), 1, Start));
    }

    [Fact]
    public void Failures_that_differ_in_ids_and_numbers_only_are_alike()
    {
        var one = new Failure("wallet_not_found", "Wallet 0198c0de-0000-7000-8000-00000000000a has 12 of 'EUR'.", null, IsPoison: true);
        var other = one with { Message = "Wallet 0198c0de-0000-7000-8000-00000000000b has 7 of 'JPY'." };

        Assert.Equal(one.Fingerprint, other.Fingerprint);
        Assert.NotEqual(one.Fingerprint, (one with { Message = "There is no such wallet." }).Fingerprint);
        Assert.NotEqual(one.Fingerprint, (one with { Type = "frozen" }).Fingerprint);
    }
}
