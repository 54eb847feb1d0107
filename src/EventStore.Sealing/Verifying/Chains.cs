namespace Payments.EventStore.Sealing.Verifying;

/// <summary>How far the chain of each stream has been followed, also past events that are missing or were changed.</summary>
/// <remarks>
/// The hash sealed at a bad position is still the right one for the event after it in its stream; only which stream that is may not be
/// known any more. So such hashes are kept loose, and the event that goes on from one tells whose it was: the rest of the log is verified
/// as if nothing had happened, and a missing event gets its name.
/// </remarks>
internal sealed class Chains
{
    // More of them would only make a log slow to verify in which everything is wrong.
    private const int LooseMax = 64;

    private readonly Dictionary<string, (long Version, byte[] Hash)> _heads = [];
    private readonly Dictionary<(string Stream, long Version), byte[]> _archived;
    private readonly LinkedList<(byte[] Hash, int Finding)> _loose = [];

    private readonly HashSet<(string Stream, long Version)> _doubtful = [];

    /// <param name="archived">Heads at the ends of ranges that are not read.</param>
    public Chains(IEnumerable<ChainHead> archived) => _archived = archived.ToDictionary(h => (h.Stream, h.Version), h => h.Hash);

    /// <summary>The last version of each stream that was followed, or is known from archives.</summary>
    public Dictionary<string, long> Versions()
    {
        var versions = _archived.Keys.GroupBy(k => k.Stream).ToDictionary(g => g.Key, g => g.Max(k => k.Version));
        foreach (var (stream, head) in _heads)
        {
            versions[stream] = Math.Max(head.Version, versions.GetValueOrDefault(stream));
        }

        return versions;
    }

    /// <summary>
    /// Whether an event that says this of itself was found not to be as it was sealed: its stream may or may not end there.
    /// </summary>
    public bool IsDoubtful(string stream, long version) => _doubtful.Contains((stream, version));

    public void Doubt(EventFacts e) => _doubtful.Add((e.Stream, e.Version));

    public long VersionOf(string stream) => _heads.TryGetValue(stream, out var head) ? head.Version : 0;

    /// <summary>The chain's hash before an event, if its predecessor was the last of its stream; else null.</summary>
    public byte[]? Before(string stream, long version) =>
        _heads.TryGetValue(stream, out var head) && head.Version == version - 1 ? head.Hash
        : _archived.TryGetValue((stream, version - 1), out var archived) ? archived
        : version == 1 && head.Hash is null ? SealHash.ChainStart(stream)
        : null;

    /// <summary>Whether an event is the one that was sealed with a hash.</summary>
    /// <param name="looseUsed">The finding that this event tells more about: it goes on from there. -1 for none.</param>
    public bool Fits(EventFacts e, byte[] sealedHash, out int looseUsed)
    {
        looseUsed = -1;
        if (Before(e.Stream, e.Version) is { } before && SealHash.Chain(before, e.Digest).AsSpan().SequenceEqual(sealedHash))
        {
            return true;
        }

        foreach (var (hash, finding) in _loose)
        {
            if (SealHash.Chain(hash, e.Digest).AsSpan().SequenceEqual(sealedHash))
            {
                looseUsed = finding;
                return true;
            }
        }

        return false;
    }

    public void Set(string stream, long version, byte[] hash) => _heads[stream] = (version, hash);

    public void KeepLoose(byte[] sealedHash, int finding)
    {
        _loose.AddFirst((sealedHash, finding));
        if (_loose.Count > LooseMax)
        {
            _loose.RemoveLast();
        }
    }
}

/// <summary>An event and what is asked of it more than once.</summary>
internal sealed class EventFacts(CanonicalEvent e)
{
    public long Position { get; } = e.Position;

    public string Stream { get; } = e.Stream;

    public long Version { get; } = e.Version;

    public byte[] Digest { get; } = SealHash.OfEvent(e);

    public Guid EventId => e.EventId;

    public EventFacts At(long position) => new(e.At(position));

    public override string ToString() => e.ToString();
}
