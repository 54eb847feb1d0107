using Confluent.Kafka;
using Payments.Broker.Groups;

namespace UnitTests.Messaging.Broker;

/// <summary>The state machine of one consumer group, without sockets and with a clock that stands still.</summary>
public sealed class GroupTests
{
    private static readonly TimeSpan SessionTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RebalanceTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    private readonly SteppedClock _clock = new();
    private readonly Group _group;

    public GroupTests() => _group = new(_clock);

    [Fact]
    public void One_without_an_id_is_given_one_and_comes_again_with_it()
    {
        var first = Done(_group.Join(Request("", takesIdFirst: true)));

        Assert.Equal(ErrorCode.MemberIdRequired, first.Error);
        Assert.Equal(ErrorCode.NoError, Done(_group.Join(Request(first.MemberId, takesIdFirst: true))).Error);
    }

    [Fact]
    public void The_first_member_has_its_generation_at_once_and_leads()
    {
        var joined = Done(_group.Join(Request("")));

        Assert.Equal(
            (ErrorCode.NoError, 1, "sticky", joined.MemberId),
            (joined.Error, joined.Generation, joined.ProtocolName, joined.Leader));
        Assert.Equal([(joined.MemberId, "a")], joined.Members.Select(member => (member.MemberId, Text(member.Metadata))));
    }

    [Fact]
    public void A_second_member_waits_until_the_first_has_heard_of_it_and_come_again()
    {
        var first = Stable("one");

        var second = _group.Join(Request("", metadata: "two"));
        Assert.False(second.IsCompleted);
        Assert.Equal(ErrorCode.RebalanceInProgress, _group.Heartbeat(first.MemberId, first.Generation));
        var again = Done(_group.Join(Request(first.MemberId, metadata: "one")));
        var joined = Done(second);

        Assert.Equal((2, 2), (again.Generation, joined.Generation));
        Assert.Equal((first.MemberId, first.MemberId), (again.Leader, joined.Leader));
        Assert.Equal(["one", "two"], again.Members.Select(member => Text(member.Metadata)));
        Assert.Empty(joined.Members);
    }

    [Fact]
    public void Every_member_gets_its_part_when_the_leader_has_shared_out()
    {
        var (leader, follower) = Two();

        var waiting = _group.Sync(follower.MemberId, 2, new Dictionary<string, byte[]>());
        Assert.False(waiting.IsCompleted);
        var own = Done(_group.Sync(leader.MemberId, 2, Assignments((leader, "left"), (follower, "right"))));

        Assert.Equal(("left", "right"), (Text(own.Assignment), Text(Done(waiting).Assignment)));
        var again = Done(_group.Sync(follower.MemberId, 2, new Dictionary<string, byte[]>())); // Its answer was lost.
        Assert.Equal("right", Text(again.Assignment));
        Assert.Equal(ErrorCode.NoError, _group.Heartbeat(follower.MemberId, 2));
    }

    [Fact]
    public void Who_leaves_makes_the_others_join_again_at_once()
    {
        var (leader, follower) = StableTwo();

        Assert.Equal(ErrorCode.NoError, _group.Leave(follower.MemberId));

        Assert.Equal(ErrorCode.RebalanceInProgress, _group.Heartbeat(leader.MemberId, 2));
        Assert.Equal(ErrorCode.UnknownMemberId, _group.Heartbeat(follower.MemberId, 2));
        var again = Done(_group.Join(Request(leader.MemberId)));
        Assert.Equal((3, 1), (again.Generation, again.Members.Count));
    }

    [Fact]
    public void When_the_leader_leaves_another_leads()
    {
        var (leader, follower) = StableTwo();
        _group.Leave(leader.MemberId);

        Assert.Equal(follower.MemberId, Done(_group.Join(Request(follower.MemberId))).Leader);
    }

    [Fact]
    public void Who_leaves_while_the_others_wait_for_it_is_not_waited_for()
    {
        var (leader, follower) = StableTwo();
        var waiting = _group.Join(Request(leader.MemberId, metadata: "changed"));
        Assert.False(waiting.IsCompleted);

        _group.Leave(follower.MemberId);

        Assert.Equal(3, Done(waiting).Generation);
    }

    [Fact]
    public void A_silent_member_is_put_out_after_its_session_timeout_and_not_before()
    {
        var (leader, follower) = StableTwo();

        _clock.Advance(SessionTimeout);
        _group.Tick();
        Assert.Equal(ErrorCode.NoError, _group.Heartbeat(leader.MemberId, 2));
        _clock.Advance(Moment);
        _group.Tick();

        Assert.Equal(ErrorCode.UnknownMemberId, _group.Heartbeat(follower.MemberId, 2));
        Assert.Equal(ErrorCode.RebalanceInProgress, _group.Heartbeat(leader.MemberId, 2));
    }

    [Fact]
    public void Who_waits_for_the_others_is_not_silent_and_who_keeps_them_waiting_is_put_out_in_the_end()
    {
        var (leader, follower) = StableTwo();
        var waiting = _group.Join(Request(leader.MemberId, metadata: "changed"));

        // The follower says that it lives, and does not come.
        for (var waited = TimeSpan.Zero; waited < RebalanceTimeout; waited += SessionTimeout)
        {
            _clock.Advance(SessionTimeout);
            _group.Tick();
            Assert.False(waiting.IsCompleted);
            Assert.Equal(ErrorCode.RebalanceInProgress, _group.Heartbeat(follower.MemberId, 2));
        }

        _clock.Advance(Moment);
        _group.Tick();

        Assert.Equal((3, 1), (Done(waiting).Generation, Done(waiting).Members.Count));
        Assert.Equal(ErrorCode.UnknownMemberId, _group.Heartbeat(follower.MemberId, 2));
    }

    [Fact]
    public void A_leader_that_never_shares_out_is_put_out_and_the_others_start_again()
    {
        var (leader, follower) = Two();
        var waiting = _group.Sync(follower.MemberId, 2, new Dictionary<string, byte[]>());

        _clock.Advance(SessionTimeout + Moment);
        _group.Tick();

        Assert.Equal(ErrorCode.RebalanceInProgress, Done(waiting).Error);
        Assert.Equal(ErrorCode.UnknownMemberId, _group.Heartbeat(leader.MemberId, 2));
        Assert.Equal(follower.MemberId, Done(_group.Join(Request(follower.MemberId))).Leader);
    }

    [Fact]
    public void An_id_that_was_given_out_and_not_used_is_no_member_later()
    {
        var id = Done(_group.Join(Request("", takesIdFirst: true))).MemberId;
        _clock.Advance(SessionTimeout + Moment);
        _group.Tick();

        Assert.Equal(ErrorCode.UnknownMemberId, Done(_group.Join(Request(id))).Error);
    }

    [Fact]
    public void A_follower_whose_answer_was_lost_gets_it_again_without_a_new_generation()
    {
        var (_, follower) = StableTwo();

        var again = Done(_group.Join(Request(follower.MemberId, metadata: "b")));

        Assert.Equal(2, again.Generation);
    }

    [Fact]
    public void Whoever_has_no_protocol_in_common_with_all_is_refused()
    {
        Stable("one");

        Assert.Equal(ErrorCode.InconsistentGroupProtocol, Done(_group.Join(Request("", protocols: ["range"]))).Error);
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, Done(_group.Join(Request("", protocols: []))).Error);
        Assert.False(_group.Join(Request("", protocols: ["range", "sticky"])).IsCompleted);
    }

    [Fact]
    public void Of_the_common_protocols_the_one_that_most_prefer_is_taken()
    {
        var first = Done(_group.Join(Request("", protocols: ["range", "sticky"])));
        var others = Enumerable.Range(0, 2).Select(_ => _group.Join(Request("", protocols: ["sticky", "range"]))).ToList();

        var again = Done(_group.Join(Request(first.MemberId, protocols: ["range", "sticky"])));

        Assert.Equal("sticky", again.ProtocolName);
        Assert.All(others, other => Assert.Equal("sticky", Done(other).ProtocolName));
    }

    [Fact]
    public void A_session_timeout_that_cannot_be_is_refused()
    {
        Assert.Equal(ErrorCode.InvalidSessionTimeout, Done(_group.Join(Request("") with { SessionTimeout = TimeSpan.Zero })).Error);
        Assert.Equal(ErrorCode.InvalidSessionTimeout, Done(_group.Join(Request("") with { SessionTimeout = TimeSpan.FromHours(1) })).Error);
    }

    [Fact]
    public void Offsets_of_the_current_generation_are_kept_and_those_of_an_old_one_refused()
    {
        var (leader, follower) = StableTwo();

        Assert.Equal(ErrorCode.NoError, Commit(leader.MemberId, 2, offset: 5));
        Assert.Equal(ErrorCode.IllegalGeneration, Commit(leader.MemberId, 1, offset: 6));
        Assert.Equal(ErrorCode.UnknownMemberId, Commit("stranger", 2, offset: 7));
        Assert.Equal(ErrorCode.UnknownMemberId, Commit("", -1, offset: 8));
        _group.Leave(follower.MemberId);
        Assert.Equal(ErrorCode.NoError, Commit(leader.MemberId, 2, offset: 9)); // Before it gives anything up.

        Assert.Equal(9, _group.Committed("topic", 3)!.Offset);
        Assert.Null(_group.Committed("topic", 4));
        Assert.Equal([("topic", 3)], _group.CommittedPartitions());
    }

    [Fact]
    public void While_partitions_are_shared_out_nothing_is_committed()
    {
        var (leader, _) = Two();

        Assert.Equal(ErrorCode.RebalanceInProgress, Commit(leader.MemberId, 2, offset: 5));
        Assert.Null(_group.Committed("topic", 3));
    }

    [Fact]
    public void A_client_without_a_group_may_commit_where_nobody_is_and_the_offsets_outlive_the_members()
    {
        Assert.Equal(ErrorCode.NoError, Commit("", -1, offset: 5));
        var only = Stable("one");
        _group.Leave(only.MemberId);

        Assert.Equal(5, _group.Committed("topic", 3)!.Offset);
        Assert.Equal(ErrorCode.UnknownMemberId, Commit(only.MemberId, only.Generation, offset: 6));
    }

    private static JoinRequest Request(
        string memberId, string metadata = "a", bool takesIdFirst = false, string[]? protocols = null) => new(
        memberId,
        takesIdFirst,
        "client",
        SessionTimeout,
        RebalanceTimeout,
        "consumer",
        [.. (protocols ?? ["sticky"]).Select(name => new Protocol(name, Bytes(metadata)))]);

    private JoinResult Stable(string metadata)
    {
        var joined = Done(_group.Join(Request("", metadata)));
        Done(_group.Sync(joined.MemberId, joined.Generation, Assignments((joined, "all"))));
        return joined;
    }

    /// <summary>Two members of generation 2, of which neither has its part yet.</summary>
    private (JoinResult Leader, JoinResult Follower) Two()
    {
        var first = Stable("a");
        var second = _group.Join(Request("", metadata: "b"));
        return (Done(_group.Join(Request(first.MemberId))), Done(second));
    }

    private (JoinResult Leader, JoinResult Follower) StableTwo()
    {
        var (leader, follower) = Two();
        Done(_group.Sync(leader.MemberId, 2, Assignments((leader, "left"), (follower, "right"))));
        Done(_group.Sync(follower.MemberId, 2, new Dictionary<string, byte[]>()));
        return (leader, follower);
    }

    private ErrorCode Commit(string memberId, int generation, long offset) =>
        _group.Commit(memberId, generation, [(("topic", 3), new CommittedOffset(offset, 0, null))]);

    private static Dictionary<string, byte[]> Assignments(params (JoinResult Member, string Part)[] parts) =>
        parts.ToDictionary(part => part.Member.MemberId, part => Bytes(part.Part));

    private static T Done<T>(Task<T> task)
    {
        Assert.True(task.IsCompletedSuccessfully);
        return task.Result;
    }

    private static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    private static string Text(byte[] bytes) => System.Text.Encoding.UTF8.GetString(bytes);
}
