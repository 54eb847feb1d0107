using Payments.Messaging.Relay;

namespace UnitTests.Messaging;

public sealed class CarriersTests
{
    private static readonly PartitionOf Old = new("whole", 4);
    private static readonly PartitionOf New = new("half", 2);

    private static readonly IReadOnlyList<PartitionOf> Single = [Old];
    private static readonly IReadOnlyList<PartitionOf> Dual = [Old, New];
    private static readonly IReadOnlyList<PartitionOf> Split = [New];

    [Fact]
    public void Where_nothing_was_written_the_first_message_goes_to_what_is_wanted_and_nowhere_else()
    {
        Assert.Equal([New], PartitionMigration.Resume([], 0).For(Split, last: 0, acknowledged: 0));
        Assert.Equal([Old, New], PartitionMigration.Resume([], 0).For(Dual, last: 0, acknowledged: 0));
    }

    [Fact]
    public void A_new_carrier_is_added_at_once_behind_the_old_one()
    {
        var carriers = PartitionMigration.Resume([(Old, 10)], 10);

        Assert.Equal([Old], carriers.For(Single, last: 10, acknowledged: 3));
        Assert.Equal([Old, New], carriers.For(Dual, last: 12, acknowledged: 3));
    }

    [Fact]
    public void The_old_one_goes_when_readers_have_come_to_where_the_new_one_began_and_after_that_to_what_was_written_by_then()
    {
        var carriers = PartitionMigration.Resume([(Old, 10)], 10);
        Assert.Equal([Old, New], carriers.For(Dual, last: 10, acknowledged: 3)); // Writes 11 to both.

        Assert.Equal([Old, New], carriers.For(Split, last: 11, acknowledged: 9));
        Assert.Equal([Old, New], carriers.For(Split, last: 12, acknowledged: 10)); // Sound from here on: up to 12 may have been dropped.
        Assert.Equal([Old, New], carriers.For(Split, last: 13, acknowledged: 11));
        Assert.Equal([New], carriers.For(Split, last: 14, acknowledged: 12));
        Assert.Equal([New], carriers.For(Split, last: 15, acknowledged: 12));
    }

    [Fact]
    public void Straight_from_one_to_the_other_is_the_same_with_both_in_between()
    {
        var carriers = PartitionMigration.Resume([(Old, 10)], 10);

        Assert.Equal([Old, New], carriers.For(Split, last: 10, acknowledged: 8));
        Assert.Equal([Old, New], carriers.For(Split, last: 11, acknowledged: 10));
        Assert.Equal([New], carriers.For(Split, last: 12, acknowledged: 11));
    }

    [Fact]
    public void And_back()
    {
        var carriers = PartitionMigration.Resume([(Old, 4), (New, 10)], 10);

        Assert.Equal([New, Old], carriers.For(Dual, last: 10, acknowledged: 8));
        Assert.Equal([New, Old], carriers.For(Single, last: 11, acknowledged: 10));
        Assert.Equal([Old], carriers.For(Single, last: 12, acknowledged: 11));
    }

    [Fact]
    public void A_change_of_mind_takes_the_newcomer_out_again_at_once_when_readers_have_come_to_the_end()
    {
        var carriers = PartitionMigration.Resume([(Old, 10)], 10);

        Assert.Equal([Old, New], carriers.For(Dual, last: 10, acknowledged: 10));
        Assert.Equal([Old], carriers.For(Single, last: 11, acknowledged: 11));
    }

    [Fact]
    public void After_a_restart_those_with_the_last_message_carry_and_are_not_yet_relied_upon_alone()
    {
        var carriers = PartitionMigration.Resume([(Old, 10), (New, 10)], 10);
        Assert.Equal([Old, New], carriers.For(Split, last: 10, acknowledged: 9));

        var half = PartitionMigration.Resume([(Old, 10), (New, 8)], 10);
        Assert.Equal([Old, New], half.For(Split, last: 10, acknowledged: 9));
        Assert.Equal([Old, New], half.For(Split, last: 11, acknowledged: 10));
        Assert.Equal([New], half.For(Split, last: 12, acknowledged: 11));
    }

    [Fact]
    public void Where_nobody_reads_nobody_is_waited_for() =>
        Assert.Equal([New], PartitionMigration.Resume([(Old, 10)], 10).For(Split, last: 10, acknowledged: null));
}
