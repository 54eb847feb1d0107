using static System.FormattableString;

namespace Payments.EventStore.Sealing.Verifying;

/// <summary>Goes through a log and its seals in order of position, and finds what is not as it was sealed. No I/O.</summary>
/// <remarks>
/// For each seal: the events before its interval, which are none as a rule; <see cref="Begin"/>; the events of its interval;
/// <see cref="End"/>. Then the rest of the events, and <see cref="EndOfLog"/>.
/// </remarks>
/// <param name="notRead">Grows as the events come: archived positions before the next event that are not going to be there.</param>
internal sealed class LogWalk(Chains chains, Findings findings, ArchivedRanges notRead)
{
    private readonly List<EventFacts> _atOnePosition = [];

    // How far the log has been gone through, and the last position that had an event or is archived.
    private long _done;
    private long _lastEvent;

    // The interval that is being gone through; null where no seal, or none that makes sense, covers the positions.
    private readonly Dictionary<string, ChainHead> _changed = [];
    private Seal? _seal;
    private bool _sealIsSound;
    private bool _anyArchived;
    private long _findingsBefore;

    private SealMark? _previous;
    private bool _previousMadeSense = true;

    private Misfit? _firstMisfit;

    public long Events { get; private set; }

    public long ArchivedNotHashed { get; private set; }

    public long Unsealed { get; private set; }

    /// <summary>Where the newest interval ends; 0 before the first.</summary>
    public long SealedUpTo { get; private set; }

    /// <returns>Whether the seal makes sense; otherwise its interval is to be treated as not sealed, without <see cref="End"/>.</returns>
    public bool Begin(Seal seal)
    {
        FinishPosition();
        var isSuccessor = seal.Number == (_previous?.Number ?? 0) + 1;
        if (!isSuccessor)
        {
            var missing = (_previous?.Number ?? 0) + 1;
            var what = Invariant(
                $"position {SealedUpTo + 1}: seal {missing} is missing; the next is {seal.Number}, from position {seal.FirstPosition} on");
            findings.Add(new Finding(FindingKind.SealMissing, SealedUpTo + 1, missing, null, null, null, what));
        }

        _findingsBefore = findings.Count;
        var follows = isSuccessor && _previousMadeSense ? seal.FirstPosition == SealedUpTo + 1 : seal.FirstPosition > SealedUpTo;
        var hasAllHashes = seal.EventHashes.Length == (seal.LastPosition - seal.FirstPosition + 1) * SealHash.Bytes;
        var trouble = !hasAllHashes ? "it has not one hash for each position"
            : !SealHash.OfSeal(seal.Header).AsSpan().SequenceEqual(seal.Value) ? "its hash is not that of its content"
            : isSuccessor && !IsAfterPrevious(seal) ? "it does not follow the seal before it"
            : !follows ? "its interval does not follow the one before it"
            : null;
        if (trouble is not null)
        {
            SealChanged(seal, Invariant($"the row of seal {seal.Number} was changed: {trouble}"));
        }

        (_previous, _previousMadeSense) = (seal.Mark, hasAllHashes && follows);
        if (!_previousMadeSense)
        {
            return false;
        }

        Skip(seal.FirstPosition - 1);
        (_seal, _sealIsSound, _anyArchived) = (seal, trouble is null, false);
        _changed.Clear();
        return true;
    }

    /// <summary>Takes the next event. Its bytes may be used for something else when this returns.</summary>
    public void Take(CanonicalEvent e)
    {
        Events++;
        if (_atOnePosition.Count > 0 && _atOnePosition[0].Position != e.Position)
        {
            FinishPosition();
        }

        _atOnePosition.Add(new EventFacts(new CanonicalEvent(e.Bytes.ToArray())));
    }

    public void End()
    {
        var seal = _seal!;
        FinishPosition();
        Skip(seal.LastPosition);
        if (findings.Count == _findingsBefore && !_anyArchived
            && !MerkleTree.Root(MerkleTree.Ordered(_changed.Values)).AsSpan().SequenceEqual(seal.MerkleRoot))
        {
            SealChanged(seal, Invariant($"the Merkle root of seal {seal.Number} is not that of the streams in its interval"));
        }

        _seal = null;
        SealedUpTo = seal.LastPosition;
    }

    /// <param name="head">What <c>log_head</c> says is the last position.</param>
    public void EndOfLog(long head)
    {
        FinishPosition();
        if (_done == head)
        {
            return;
        }

        var reality = head > _done ? Invariant($"the last event is at {_lastEvent}")
            : _lastEvent > head ? Invariant($"there are events up to {_lastEvent}")
            : Invariant($"it is sealed up to {SealedUpTo}");
        var position = Math.Min(head, _done) + 1;
        findings.Add(new Finding(
            FindingKind.LogHead, position, null, null, null, null,
            Invariant($"position {position}: log_head says that the log ends at {head}, but {reality}")));
    }

    private bool IsAfterPrevious(Seal seal) =>
        Convert.ToHexStringLower(seal.PreviousSeal) == (_previous?.Hash ?? Convert.ToHexStringLower(SealHash.NoSeal));

    private void SealChanged(Seal seal, string how) => findings.Add(new Finding(
        FindingKind.SealChanged, seal.FirstPosition, seal.Number, null, null, null, Invariant($"position {seal.FirstPosition}: {how}")));

    // Deals with positions that have no event, up to and with one.
    private void Skip(long upTo)
    {
        if (_done >= upTo)
        {
            return;
        }

        foreach (var (first, last, isArchived) in notRead.Split(_done + 1, upTo).ToList())
        {
            if (isArchived)
            {
                ArchivedNotHashed += last - first + 1;
                _anyArchived = true;
                _lastEvent = last;
            }
            else
            {
                SkipMissing(first, last);
            }
        }

        _done = upTo;
    }

    private void SkipMissing(long first, long last)
    {
        if (_seal is null)
        {
            // In one: nobody knows what was there, and a position may be any number.
            var which = Invariant(
                $"position {first}: {(first == last ? "the event is missing" : Invariant($"the events up to {last} are missing"))}");
            findings.Add(new Finding(FindingKind.Missing, first, null, null, null, null, which));
            return;
        }

        for (var position = first; position <= last; position++)
        {
            var what = Invariant($"position {position}: the event is missing{InInterval()}");
            var at = findings.Add(new Finding(FindingKind.Missing, position, _seal.Number, null, null, null, what));
            Explain(position, next: null);
            chains.KeepLoose(_seal.HashAt(position)!, at);
        }
    }

    private void FinishPosition()
    {
        if (_atOnePosition.Count == 0)
        {
            return;
        }

        var position = _atOnePosition[0].Position;
        if (position <= _done)
        {
            // Below the first position, or in an interval that was gone through as archived.
            _atOnePosition.ForEach(Inserted);
        }
        else
        {
            Skip(position - 1);
            if (_seal?.HashAt(position) is { } sealedHash)
            {
                TakeSealed(sealedHash);
            }
            else
            {
                TakeUnsealed(_atOnePosition[0]);
                _atOnePosition.Skip(1).ToList().ForEach(Inserted);
            }

            (_done, _lastEvent) = (position, position);
        }

        _atOnePosition.Clear();
    }

    private void TakeSealed(byte[] sealedHash)
    {
        foreach (var e in _atOnePosition)
        {
            if (!chains.Fits(e, sealedHash, out var tellsMore))
            {
                continue;
            }

            findings.Replace(tellsMore, f => f.Kind != FindingKind.Missing ? f : f with
            {
                Stream = e.Stream,
                Version = e.Version - 1,
                What = Invariant($"{f.What}: version {e.Version - 1} of {e.Stream}"),
            });
            Follow(e, sealedHash);
            _atOnePosition.Where(other => other != e).ToList().ForEach(Inserted);
            return;
        }

        TakeMisfit(_atOnePosition[0], sealedHash);
        _atOnePosition.Skip(1).ToList().ForEach(Inserted);
    }

    private void TakeMisfit(EventFacts e, byte[] sealedHash)
    {
        var but = _sealIsSound ? "" : "; or it was not, and the row of that seal was";
        var at = findings.Add(new Finding(
            FindingKind.Changed, e.Position, _seal!.Number, e.Stream, e.Version, e.EventId,
            Invariant($"position {e.Position}: {e} was changed after it was sealed{InInterval()}{but}")));
        Explain(e.Position, e);
        chains.Doubt(e);
        chains.KeepLoose(sealedHash, at);
        var fitsAtNext = _firstMisfit is null && _seal.HashAt(e.Position + 1) is { } next && chains.Fits(e.At(e.Position + 1), next, out _);
        _firstMisfit ??= new Misfit(e.Position, at, sealedHash, fitsAtNext);
        if (chains.Before(e.Stream, e.Version) is { } before)
        {
            // A changed event is still the one before the next of its stream, unless it was put there and the next one goes on from before
            // it. Where the seal was changed, what it says is no use for that.
            chains.KeepLoose(before, at);
            Follow(e, _sealIsSound ? sealedHash : SealHash.Chain(before, e.Digest));
        }
    }

    // At the position after the first that did not fit: was something inserted or taken out there, and the rest moved by one?
    private void Explain(long position, EventFacts? next)
    {
        if (_firstMisfit is not { } first || first.Position != position - 1)
        {
            return;
        }

        var nextWasThere = next is not null && chains.Fits(next.At(first.Position), first.SealedHash, out _);
        findings.Replace(first.Finding, f => (nextWasThere, first.FitsAtNext) switch
        {
            (true, true) => f with { What = Invariant($"{f.What}: it changed places with the next one") },
            (true, false) => f with
            {
                Kind = FindingKind.Inserted,
                What = f.What.Replace(
                    "was changed after it was sealed", "was inserted, and the later events were moved up", StringComparison.Ordinal),
            },
            (false, true) => new Finding(
                FindingKind.Missing, f.Position, f.Interval, null, null, null,
                Invariant($"position {f.Position}: the event is missing, and the later events were moved down (interval {f.Interval})")),
            (false, false) => f,
        });
    }

    // No seal knows it yet, or the one that did is gone: only the order can be checked.
    private void TakeUnsealed(EventFacts e)
    {
        Unsealed++;
        if (chains.Before(e.Stream, e.Version) is { } before)
        {
            Follow(e, SealHash.Chain(before, e.Digest));
            return;
        }

        var last = chains.VersionOf(e.Stream);
        var (kind, how) = e.Version > last + 1
            ? (FindingKind.Missing, "is there, but not the version before it")
            : (FindingKind.Inserted, "was inserted: its stream had that version already");
        findings.Add(new Finding(kind, e.Position, null, e.Stream, e.Version, e.EventId, Invariant($"position {e.Position}: {e} {how}")));
        if (kind == FindingKind.Missing)
        {
            Follow(e, SealHash.NoSeal); // What the chain's hash would be here nobody can know.
        }
    }

    private void Follow(EventFacts e, byte[] hash)
    {
        chains.Set(e.Stream, e.Version, hash);
        _changed[e.Stream] = new ChainHead(e.Stream, e.Version, hash);
    }

    private void Inserted(EventFacts e) => findings.Add(new Finding(
        FindingKind.Inserted, e.Position, _seal?.Number, e.Stream, e.Version, e.EventId,
        Invariant($"position {e.Position}: {e} was inserted{InInterval()}")));

    private string InInterval() => _seal is null ? "" : Invariant($" (interval {_seal.Number})");

    /// <param name="FitsAtNext">Its event is what was sealed at the next position.</param>
    private sealed record Misfit(long Position, int Finding, byte[] SealedHash, bool FitsAtNext);
}
