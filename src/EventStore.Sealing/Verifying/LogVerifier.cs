using System.Data;
using System.Runtime.CompilerServices;
using Npgsql;
using static System.FormattableString;

namespace Payments.EventStore.Sealing.Verifying;

/// <summary>Gives the events of archived positions, in order; each one's bytes are good until the next is asked for.</summary>
public delegate IAsyncEnumerable<CanonicalEvent> ReadArchived(long first, long last, CancellationToken cancel);

/// <summary>Checks a log against its seals, as of one moment, while appends and the sealer go on.</summary>
/// <param name="archived">Reads what is in archives; without it, archived events are not hashed.</param>
/// <param name="progress">Gets how many positions are done, and of how many.</param>
public sealed class LogVerifier(NpgsqlDataSource database, ReadArchived? archived = null, Action<long, long>? progress = null)
{
    private const int SealsAtOnce = 64;
    private const int EventsBetweenProgress = 20_000;

    /// <param name="noted">Seals that were noted elsewhere, for what was rewritten consistently, seals included.</param>
    /// <exception cref="NotSealableException">The database has no seals, for it was never opened by this version.</exception>
    public async Task<VerifyReport> VerifyAsync(IReadOnlyList<SealMark> noted, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var moment = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancel);
        await ExecuteAsync(connection, "set transaction read only", cancel);
        await LogRows.ReadByIndexAsync(connection, inTransactionOnly: true, cancel);
        await CheckSchemaAsync(connection, cancel);

        var findings = new Findings();
        await CheckNotedAsync(connection, noted, findings, cancel);
        var ranges = await ArchivedRangesAsync(connection, cancel);
        var chains = new Chains(await SealTable.ArchivedHeadsAsync(connection, cancel));
        var notRead = new ArchivedRanges([]);
        var walk = new LogWalk(chains, findings, notRead);
        var head = await ScalarAsync<long>(connection, "select position from log_head", cancel);
        await WalkAsync(walk, (after, upTo) => ReadAsync(connection, ranges, notRead, after, upTo, cancel), connection, head, cancel);
        walk.EndOfLog(head);
        await CheckStreamsAsync(connection, chains, findings, cancel);

        return new VerifyReport
        {
            Events = walk.Events,
            ArchivedNotHashed = walk.ArchivedNotHashed,
            Unsealed = walk.Unsealed,
            Seals = await ScalarAsync<long>(connection, "select count(*) from seals", cancel),
            Newest = (await SealTable.NewestAsync(connection, cancel))?.Mark,
            NewestPosition = walk.SealedUpTo,
            Findings = findings.InOrder(),
            FindingsCount = findings.Count,
        };
    }

    private async Task WalkAsync(
        LogWalk walk,
        Func<long, long, IAsyncEnumerable<CanonicalEvent>> read,
        NpgsqlConnection connection,
        long head,
        CancellationToken cancel)
    {
        var feed = new Feed(walk, done => progress?.Invoke(done, head));
        var lastNumber = 0L;
        while (await SealTable.AfterAsync(connection, lastNumber, SealsAtOnce, cancel) is { Count: > 0 } seals)
        {
            await using (var events = read(feed.Done, seals.Max(s => s.LastPosition)).GetAsyncEnumerator(cancel))
            {
                feed.Start(events);
                foreach (var seal in seals)
                {
                    await feed.UpToAsync(seal.FirstPosition - 1);
                    if (walk.Begin(seal))
                    {
                        await feed.UpToAsync(seal.LastPosition);
                        walk.End();
                    }
                }
            }

            lastNumber = seals[^1].Number;
        }

        await using var rest = read(feed.Done, long.MaxValue).GetAsyncEnumerator(cancel);
        feed.Start(rest);
        await feed.UpToAsync(long.MaxValue);
    }

    // What is in the table; where that has nothing of a range that is archived, what the archive has.
    private async IAsyncEnumerable<CanonicalEvent> ReadAsync(
        NpgsqlConnection connection, ArchivedRanges ranges, ArchivedRanges notRead, long after, long upTo,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        if (after >= upTo)
        {
            yield break;
        }

        foreach (var (first, last, isArchived) in ranges.Split(after + 1, upTo))
        {
            var any = false;
            await foreach (var e in LogRows.ReadAsync(connection, first - 1, last, cancel))
            {
                any = true;
                yield return e;
            }

            if (isArchived && !any && archived is null)
            {
                notRead.Add(first, last);
            }
            else if (isArchived && !any)
            {
                await foreach (var e in archived!(first, last, cancel))
                {
                    yield return e;
                }
            }
        }
    }

    private static async Task CheckSchemaAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        if (!await ScalarAsync<bool>(connection, "select to_regclass('seals') is not null", cancel))
        {
            throw new NotSealableException(
                "It has no table of seals: nothing of it was ever sealed. A service that starts on it makes the table and begins.");
        }
    }

    private static async Task CheckNotedAsync(
        NpgsqlConnection connection, IReadOnlyList<SealMark> noted, Findings findings, CancellationToken cancel)
    {
        var sure = 0L; // Up to here a noted seal vouches for the log.
        foreach (var mark in noted.OrderBy(m => m.Number))
        {
            var seal = (await SealTable.AfterAsync(connection, mark.Number - 1, 1, cancel)).Find(s => s.Number == mark.Number);
            if (seal?.Mark == mark)
            {
                sure = seal.LastPosition;
                continue;
            }

            var what = seal is null
                ? $"noted as {mark.Hash}, is not there: the log was cut off or written anew somewhere from here on"
                : Invariant(
                    $"noted as {mark.Hash}, is {seal.Mark.Hash}: events from here to {seal.LastPosition} or their seals were written anew");
            findings.Add(new Finding(
                FindingKind.SealRewritten, sure + 1, mark.Number, null, null, null,
                Invariant($"position {sure + 1}: seal {mark.Number}, {what}")));
        }
    }

    // The table is the archiver's, and an older database has none.
    private static async Task<ArchivedRanges> ArchivedRangesAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        if (!await ScalarAsync<bool>(connection, "select to_regclass('archived_months') is not null", cancel))
        {
            return new ArchivedRanges([]);
        }

        var ranges = new List<(long, long)>();
        await using var command = new NpgsqlCommand(
            "select first_position, last_position from archived_months where event_count > 0", connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            ranges.Add((reader.GetInt64(0), reader.GetInt64(1)));
        }

        return new ArchivedRanges(ranges);
    }

    private static async Task CheckStreamsAsync(
        NpgsqlConnection connection, Chains chains, Findings findings, CancellationToken cancel)
    {
        var versions = chains.Versions();
        await using var command = new NpgsqlCommand("select stream_id, stream_type, version from streams", connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var (stream, type, version) = (reader.GetString(0), reader.GetString(1), reader.GetInt64(2));
            versions.Remove(stream, out var last);
            if (version != last && !chains.IsDoubtful(stream, version))
            {
                Add(stream, last, Invariant($"its row in streams says version {version}, its last event has {last}"));
            }
            else if (!stream.StartsWith(type + "/", StringComparison.Ordinal))
            {
                Add(stream, last, $"its row in streams says type {type}");
            }
        }

        foreach (var (stream, last) in versions)
        {
            Add(stream, last, Invariant($"it has events up to version {last} and no row in streams"));
        }

        void Add(string stream, long version, string how) =>
            findings.Add(new Finding(FindingKind.StreamRow, null, null, stream, version, null, $"stream {stream}: {how}"));
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static async Task<T> ScalarAsync<T>(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>Hands events from one reading after another to the walk, up to a position at a time.</summary>
    private sealed class Feed(LogWalk walk, Action<long> progress)
    {
        private IAsyncEnumerator<CanonicalEvent> _events = null!;
        private bool _has;
        private long _untilProgress = EventsBetweenProgress;

        /// <summary>Everything up to here was handed over.</summary>
        public long Done { get; private set; } = long.MinValue;

        public void Start(IAsyncEnumerator<CanonicalEvent> events) => (_events, _has) = (events, false);

        public async Task UpToAsync(long position)
        {
            if (position <= Done)
            {
                return;
            }

            while ((_has || (_has = await _events.MoveNextAsync())) && _events.Current.Position <= position)
            {
                walk.Take(_events.Current);
                _has = false;
                if (--_untilProgress == 0)
                {
                    _untilProgress = EventsBetweenProgress;
                    progress(_events.Current.Position);
                }
            }

            Done = position;
        }
    }
}

/// <summary>The database is none that could have been sealed; the message says why.</summary>
public sealed class NotSealableException(string message) : Exception(message);
