using Confluent.Kafka;

namespace Payments.Broker.Groups;

/// <summary>
/// One consumer group: who is in it, and in which generation. Members join; when all have, one of them, the leader, shares the partitions
/// out; each fetches its part by a sync. Whoever comes or goes makes the next generation. All methods may be called at once.
/// </summary>
/// <remarks>
/// Kafka's classic protocol, after its <c>GroupCoordinator</c>. Members with an instance id of their own (static ones) are treated as any
/// other. Nothing here waits or sleeps: <see cref="Tick"/> is told when time has passed.
/// </remarks>
internal sealed class Group(TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly List<Member> _members = [];
    private readonly Dictionary<string, TimeSpan> _expected = [];
    private readonly Dictionary<(string Topic, int Partition), CommittedOffset> _offsets = [];
    private State _state = State.Empty;
    private int _generation;
    private string _protocolType = "";
    private string _protocol = "";
    private string _leader = "";
    private TimeSpan _deadline;

    private enum State
    {
        Empty,

        /// <summary>Members join: a new generation is on its way.</summary>
        Joining,

        /// <summary>The generation is there; its leader shares out.</summary>
        Syncing,

        /// <summary>Every member can have its part.</summary>
        Stable,
    }

    private TimeSpan Now => clock.GetElapsedTime(0);

    /// <summary>The result comes when the new generation is complete.</summary>
    public Task<JoinResult> Join(JoinRequest request)
    {
        lock (_gate)
        {
            if (Refuse(request) is { } error)
                return Task.FromResult(new JoinResult(error, request.MemberId));

            if (request.MemberId.Length == 0)
            {
                var id = $"{request.ClientId}-{Guid.CreateVersion7(clock.GetUtcNow())}";
                if (!request.TakesIdFirst)
                    return JoinNew(id, request);

                _expected[id] = Now + request.SessionTimeout;
                return Task.FromResult(new JoinResult(ErrorCode.MemberIdRequired, id));
            }

            if (_expected.Remove(request.MemberId))
                return JoinNew(request.MemberId, request);

            return Find(request.MemberId) is { } member
                ? JoinAgain(member, request)
                : Task.FromResult(new JoinResult(ErrorCode.UnknownMemberId, request.MemberId));
        }
    }

    /// <summary>The result comes when the leader has shared out.</summary>
    /// <param name="assignments">Of all members, if this is the leader.</param>
    public Task<SyncResult> Sync(string memberId, int generation, IReadOnlyDictionary<string, byte[]> assignments)
    {
        lock (_gate)
        {
            if (Check(memberId, generation) is { } error)
                return Task.FromResult(new SyncResult(error));

            var member = Find(memberId)!;
            member.LastHeard = Now;
            switch (_state)
            {
                case State.Joining:
                    return Task.FromResult(new SyncResult(ErrorCode.RebalanceInProgress));
                case State.Stable:
                    return Task.FromResult(new SyncResult(ErrorCode.NoError, member.Assignment));
                default:
                    var result = member.Sync();
                    if (memberId == _leader)
                        Share(assignments);
                    return result;
            }
        }
    }

    /// <summary>Says that a member is alive; the answer tells it when it has to join again.</summary>
    public ErrorCode Heartbeat(string memberId, int generation)
    {
        lock (_gate)
        {
            if (Check(memberId, generation) is { } error)
                return error;

            Find(memberId)!.LastHeard = Now;
            return _state is State.Joining ? ErrorCode.RebalanceInProgress : ErrorCode.NoError;
        }
    }

    /// <summary>A member goes; the others get its partitions.</summary>
    public ErrorCode Leave(string memberId)
    {
        lock (_gate)
        {
            if (_expected.Remove(memberId))
                return ErrorCode.NoError;
            if (Find(memberId) is not { } member)
                return ErrorCode.UnknownMemberId;

            Remove(member);
            return ErrorCode.NoError;
        }
    }

    /// <summary>Keeps offsets, if the member is of the current generation; a client that is in no group gives -1 and no id.</summary>
    public ErrorCode Commit(
        string memberId, int generation, IEnumerable<((string Topic, int Partition) Of, CommittedOffset Offset)> offsets)
    {
        lock (_gate)
        {
            var isStranger = generation < 0 && memberId.Length == 0 && _state is State.Empty;
            if (!isStranger)
            {
                if (Check(memberId, generation) is { } error)
                    return error;
                Find(memberId)!.LastHeard = Now;
                if (_state is State.Syncing)
                    return ErrorCode.RebalanceInProgress; // It may be about to lose the partition.
            }

            foreach (var (of, offset) in offsets)
                _offsets[of] = offset;
            return ErrorCode.NoError;
        }
    }

    /// <summary>Nothing for a partition of which nothing was committed.</summary>
    public CommittedOffset? Committed(string topic, int partition)
    {
        lock (_gate)
            return _offsets.GetValueOrDefault((topic, partition));
    }

    public void Forget(string topic)
    {
        lock (_gate)
        {
            foreach (var of in _offsets.Keys.Where(of => of.Topic == topic).ToList())
                _offsets.Remove(of);
        }
    }

    public IReadOnlyList<(string Topic, int Partition)> CommittedPartitions()
    {
        lock (_gate)
            return [.. _offsets.Keys];
    }

    /// <summary>Puts out who was silent for too long, and ends waits that have lasted long enough.</summary>
    public void Tick()
    {
        lock (_gate)
        {
            var now = Now;
            foreach (var late in _expected.Where(expected => now > expected.Value).ToList())
                _expected.Remove(late.Key);

            foreach (var silent in _members.Where(member => member.IsSilent(now)).ToList())
                Remove(silent);

            if (_state is State.Joining or State.Syncing && now > _deadline)
            {
                foreach (var missing in _members.Where(member => !member.IsJoining && !member.IsSyncing).ToList())
                    Remove(missing);
            }
        }
    }

    private ErrorCode? Refuse(JoinRequest request)
    {
        if (request.SessionTimeout < GroupCoordinator.SessionTimeoutMin || request.SessionTimeout > GroupCoordinator.SessionTimeoutMax)
            return ErrorCode.InvalidSessionTimeout;
        if (request.Protocols.Count == 0 || request.ProtocolType.Length == 0)
            return ErrorCode.InconsistentGroupProtocol;

        var others = _members.Where(member => member.Id != request.MemberId).ToList();
        var fits = others.Count == 0
            || (request.ProtocolType == _protocolType
                && request.Protocols.Any(protocol => others.TrueForAll(other => Knows(other, protocol.Name))));
        return fits ? null : ErrorCode.InconsistentGroupProtocol;
    }

    private ErrorCode? Check(string memberId, int generation)
    {
        if (Find(memberId) is null)
            return ErrorCode.UnknownMemberId;
        return generation == _generation ? null : ErrorCode.IllegalGeneration;
    }

    private Task<JoinResult> JoinNew(string id, JoinRequest request)
    {
        var member = new Member(id, Now);
        member.Update(request);
        _members.Add(member);
        _protocolType = request.ProtocolType;
        var result = member.Join();
        Rebalance();
        return result;
    }

    private Task<JoinResult> JoinAgain(Member member, JoinRequest request)
    {
        member.LastHeard = Now;
        var mustRebalance = _state is State.Joining || !member.SaysTheSame(request) || (_state is State.Stable && member.Id == _leader);
        if (!mustRebalance)
            return Task.FromResult(ResultFor(member)); // Its answer was lost.

        member.Update(request);
        var result = member.Join();
        Rebalance();
        return result;
    }

    /// <summary>Calls for the next generation, and completes it if all are there.</summary>
    private void Rebalance()
    {
        if (_state is not State.Joining)
        {
            _state = State.Joining;
            _deadline = Now + _members.Max(member => member.RebalanceTimeout);
            foreach (var member in _members)
                member.EndSync(new(ErrorCode.RebalanceInProgress));
        }

        if (_members.TrueForAll(member => member.IsJoining))
            CompleteJoin();
    }

    private void CompleteJoin()
    {
        _state = State.Syncing;
        _generation++;
        _deadline = Now + _members.Max(member => member.RebalanceTimeout);
        _protocol = Elect();
        if (Find(_leader) is null)
            _leader = _members[0].Id;

        foreach (var member in _members)
        {
            member.LastHeard = Now;
            member.Assignment = [];
            member.EndJoin(ResultFor(member));
        }
    }

    /// <summary>Of the protocols that all know, the one that most like best.</summary>
    private string Elect() => _members
        .Select(member => member.Protocols.First(protocol => _members.TrueForAll(other => Knows(other, protocol.Name))).Name)
        .CountBy(name => name)
        .MaxBy(votes => votes.Value)
        .Key;

    private void Share(IReadOnlyDictionary<string, byte[]> assignments)
    {
        _state = State.Stable;
        foreach (var member in _members)
        {
            member.Assignment = assignments.GetValueOrDefault(member.Id, []);
            if (member.IsSyncing)
                member.LastHeard = Now;
            member.EndSync(new(ErrorCode.NoError, member.Assignment));
        }
    }

    private void Remove(Member member)
    {
        _members.Remove(member);
        member.EndAll();
        if (_members.Count == 0)
        {
            _state = State.Empty;
            _leader = "";
            _generation++; // What the last member may still send is of the past.
        }
        else
        {
            Rebalance();
        }
    }

    private JoinResult ResultFor(Member member) => new(
        ErrorCode.NoError,
        member.Id,
        _generation,
        _protocol,
        _leader,
        member.Id == _leader ? [.. _members.Select(other => (other.Id, other.MetadataFor(_protocol)))] : null);

    private Member? Find(string id) => _members.Find(member => member.Id == id);

    private static bool Knows(Member member, string protocol) => member.Protocols.Any(known => known.Name == protocol);
}
