using System.Security.Cryptography;
using Npgsql;
using static System.FormattableString;

namespace Payments.EventStore.Sealing;

/// <summary>Seals one log over one connection, from where the newest seal ends.</summary>
internal sealed class SealingRun
{
    private readonly NpgsqlConnection _connection;
    private readonly SealLimits _limits;
    private readonly TimeProvider _clock;
    private readonly ChainHeads _heads;
    private Seal? _newest;

    private SealingRun(NpgsqlConnection connection, Seal? newest, SealLimits limits, TimeProvider clock)
    {
        _connection = connection;
        _newest = newest;
        _limits = limits;
        _clock = clock;
        _heads = new ChainHeads(limits.StreamsRemembered);
    }

    public SealMark? Newest => _newest?.Mark;

    /// <param name="connection">Is changed: it is of use for nothing else afterwards.</param>
    public static async Task<SealingRun> OpenAsync(
        NpgsqlConnection connection, SealLimits limits, TimeProvider clock, CancellationToken cancel)
    {
        await LogRows.ReadByIndexAsync(connection, inTransactionOnly: false, cancel);
        return new SealingRun(connection, await SealTable.NewestAsync(connection, cancel), limits, clock);
    }

    /// <summary>Where the log ended when it was last looked at.</summary>
    public long Head { get; private set; }

    /// <summary>Seals one interval: what the log has at this moment, as far as the greatest size allows.</summary>
    /// <returns>Null when there is nothing to seal.</returns>
    /// <exception cref="BrokenLogException">The log is not what appends leave behind.</exception>
    public async Task<Seal?> SealNextAsync(CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select position from log_head", _connection);
        Head = (long)(await command.ExecuteScalarAsync(cancel))!;
        var last = _newest?.LastPosition ?? 0;
        if (Head < last)
        {
            throw new BrokenLogException(Invariant($"Its head is at position {Head}, but it is sealed up to {last}."));
        }

        if (Head == last)
        {
            return null;
        }

        _newest = await SealAsync(last, Math.Min(Head, last + _limits.EventsMax), cancel);
        return _newest;
    }

    private async Task<Seal> SealAsync(long after, long upTo, CancellationToken cancel)
    {
        var events = await ReadAsync(after, upTo, cancel);
        var heads = await HeadsBeforeAsync(events, cancel);
        var hashes = new byte[events.Count * SealHash.Bytes];
        for (var i = 0; i < events.Count; i++)
        {
            var (stream, version, digest) = events[i];
            var before = Before(heads, stream, version)
                ?? throw new BrokenLogException(Invariant(
                    $"At position {after + 1 + i} is version {version} of {stream}, and not after version {version - 1}."));
            var hash = SealHash.Chain(before, digest);
            hash.CopyTo(hashes, i * SealHash.Bytes);
            heads[stream] = new ChainHead(stream, version, hash);
        }

        var header = new SealHeader(
            (_newest?.Number ?? 0) + 1,
            after + 1,
            upTo,
            MerkleTree.Root(MerkleTree.Ordered(heads.Values)),
            SHA256.HashData(hashes),
            _newest?.Value ?? SealHash.NoSeal,
            WholeMicroseconds(_clock.GetUtcNow()));
        var seal = new Seal(
            header.Number, header.FirstPosition, header.LastPosition, hashes, header.MerkleRoot, header.PreviousSeal,
            SealHash.OfSeal(header), header.SealedAt);
        await SealTable.InsertAsync(_connection, seal, cancel);
        foreach (var head in heads.Values)
        {
            _heads.Set(head);
        }

        return seal;
    }

    private async Task<List<SealedSoon>> ReadAsync(long after, long upTo, CancellationToken cancel)
    {
        var events = new List<SealedSoon>((int)(upTo - after));
        await foreach (var e in LogRows.ReadAsync(_connection, after, upTo, cancel))
        {
            var expected = after + 1 + events.Count;
            if (e.Position != expected)
            {
                throw new BrokenLogException(Invariant($"Position {expected} is wanted next, and {e.Position} is there."));
            }

            events.Add(new SealedSoon(e.Stream, e.Version, SealHash.OfEvent(e)));
        }

        return events.Count == upTo - after
            ? events
            : throw new BrokenLogException(Invariant($"Position {after + 1 + events.Count} is missing; the log's head is beyond it."));
    }

    // The heads that the interval's streams had before it. One query finds all that are not remembered.
    private async Task<Dictionary<string, ChainHead>> HeadsBeforeAsync(List<SealedSoon> events, CancellationToken cancel)
    {
        var heads = new Dictionary<string, ChainHead>();
        var wanted = new List<(string, long)>();
        var seen = new HashSet<string>();
        foreach (var e in events.Where(e => seen.Add(e.Stream)))
        {
            if (_heads.TryGet(e.Stream, out var head))
            {
                heads.Add(e.Stream, head);
            }
            else if (e.Version > 1)
            {
                wanted.Add((e.Stream, e.Version - 1));
            }
        }

        foreach (var head in wanted.Count > 0 ? await SealTable.ChainsAtAsync(_connection, wanted, cancel) : [])
        {
            heads.Add(head.Stream, head);
        }

        return heads;
    }

    private static byte[]? Before(Dictionary<string, ChainHead> heads, string stream, long version) =>
        heads.TryGetValue(stream, out var head) ? (head.Version == version - 1 ? head.Hash : null)
        : version == 1 ? SealHash.ChainStart(stream)
        : null;

    private static DateTimeOffset WholeMicroseconds(DateTimeOffset time) =>
        new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);

    private readonly record struct SealedSoon(string Stream, long Version, byte[] Digest);
}

/// <summary>
/// The log is not what appends leave behind: nothing of it is sealed until somebody has looked. <c>./payments verify</c> says more.
/// </summary>
internal sealed class BrokenLogException(string message) : Exception(message);

/// <summary>The sealer's limits.</summary>
/// <param name="EventsMax">Events in one interval.</param>
/// <param name="Every">How often the sealer looks; what was appended since is not sealed yet.</param>
/// <param name="RestFactor">While it is behind and appends go on, the sealer rests so many times as long as the last interval took.</param>
/// <param name="StreamsRemembered">Heads of chains kept in memory.</param>
public sealed record SealLimits(int EventsMax, TimeSpan Every, int RestFactor, int StreamsRemembered)
{
    /// <summary>Working a fifteenth of the time costs those who append as fast as two cores can less than a tenth.</summary>
    public static readonly SealLimits Standard = new(4_096, TimeSpan.FromSeconds(1), RestFactor: 14, StreamsRemembered: 50_000);
}
