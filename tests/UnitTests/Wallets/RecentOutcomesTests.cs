using Payments.Domain.Wallets;

namespace UnitTests.Wallets;

public sealed class RecentOutcomesTests
{
    [Fact]
    public void The_newest_are_remembered_and_the_oldest_is_forgotten_first()
    {
        var full = Remember(1, RecentOutcomes.CountMax);
        var oneMore = full.Add(Id(RecentOutcomes.CountMax + 1), WalletOutcomes.Credited);

        Assert.All(Enumerable.Range(1, RecentOutcomes.CountMax), id => Assert.True(full.Contains(Id(id), WalletOutcomes.Credited)));
        Assert.False(oneMore.Contains(Id(1), WalletOutcomes.Credited));
        Assert.All(Enumerable.Range(2, RecentOutcomes.CountMax), id => Assert.True(oneMore.Contains(Id(id), WalletOutcomes.Credited)));
    }

    [Fact]
    public void An_outcome_is_not_taken_for_another_one_of_the_same_payment()
    {
        var recent = RecentOutcomes.None.Add(Id(1), WalletOutcomes.HoldReleased).Add(Id(1), WalletOutcomes.Credited);

        Assert.True(recent.Contains(Id(1), WalletOutcomes.HoldReleased));
        Assert.True(recent.Contains(Id(1), WalletOutcomes.Credited));
        Assert.True(recent.Contains(Id(1), WalletOutcomes.HoldCaptured | WalletOutcomes.HoldReleased));
        Assert.False(recent.Contains(Id(1), WalletOutcomes.HoldCaptured | WalletOutcomes.HoldRefused));
        Assert.False(recent.Contains(Id(2), WalletOutcomes.Credited));
    }

    [Fact]
    public void Two_memories_are_equal_when_they_remember_the_same_in_the_same_order()
    {
        Assert.Equal(Remember(1, 3), Remember(1, 3));
        Assert.Equal(Remember(1, 3).GetHashCode(), Remember(1, 3).GetHashCode());
        Assert.NotEqual(Remember(1, 3), Remember(1, 4));
        Assert.NotEqual(Remember(1, 3), Remember(2, 3));
        Assert.NotEqual(
            RecentOutcomes.None.Add(Id(1), WalletOutcomes.Credited),
            RecentOutcomes.None.Add(Id(1), WalletOutcomes.CreditRefused));
        Assert.Equal(Remember(3, RecentOutcomes.CountMax), Remember(1, RecentOutcomes.CountMax + 2));
    }

    private static RecentOutcomes Remember(int first, int count) =>
        Enumerable.Range(first, count).Aggregate(RecentOutcomes.None, (recent, id) => recent.Add(Id(id), WalletOutcomes.Credited));

    private static Guid Id(int number) => new(number, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
}
