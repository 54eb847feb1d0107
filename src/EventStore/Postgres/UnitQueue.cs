using System.Diagnostics;
using System.Runtime.InteropServices;
using Payments.EventStore.Contract;

namespace Payments.EventStore.Postgres;

/// <summary>A unit on its way into the store, and the caller who waits for it.</summary>
internal sealed class PendingUnit(AppendUnit unit)
{
    public AppendUnit Unit { get; } = unit;

    /// <summary>The work that it is part of; the default when that is not traced.</summary>
    public ActivityContext Trace { get; } = Activity.Current?.Context ?? default;

    public int EventsCount { get; } = unit.Streams.Sum(s => s.Events.Count);

    public TaskCompletionSource<AppendResult> Outcome { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>How many units before this one touch something that it touches, and are not done.</summary>
    public int Before { get; set; }

    public List<PendingUnit> Behind { get; } = [];

    /// <summary>What no two units of one transaction may share.</summary>
    public IEnumerable<object> Touches()
    {
        foreach (var append in Unit.Streams)
        {
            yield return append.Stream;
        }

        foreach (var move in Unit.Watermarks)
        {
            yield return (move.Consumer, move.Topic, move.Partition, move.Source);
        }

        if (Unit.Claim is { } claim)
        {
            yield return (claim.Scope, claim.Key);
        }
    }
}

/// <summary>
/// Units in order of arrival. One that touches what an earlier one touches stays behind it until that one is done; the others pass.
/// </summary>
/// <remarks>
/// A crowd on one key, such as a thousand repeats of a request or writers of one hot stream, costs its neighbours nothing and is not sent
/// to the database one by one only to be refused: what became of the first tells what becomes of those behind it.
/// </remarks>
internal sealed class UnitQueue
{
    private readonly Queue<PendingUnit> _ready = new();
    private readonly HashSet<PendingUnit> _all = [];
    private readonly Dictionary<object, PendingUnit> _newest = [];

    /// <summary>Units that are not done.</summary>
    public int Count => _all.Count;

    public void Add(PendingUnit pending)
    {
        _all.Add(pending);
        foreach (var thing in pending.Touches())
        {
            ref var newest = ref CollectionsMarshal.GetValueRefOrAddDefault(_newest, thing, out var isTouched);
            if (isTouched)
            {
                newest!.Behind.Add(pending);
                pending.Before++;
            }

            newest = pending;
        }

        if (pending.Before == 0)
        {
            _ready.Enqueue(pending);
        }
    }

    /// <summary>Moves units that may share a transaction into a batch, up to a number of units and about a number of events.</summary>
    public void Take(List<PendingUnit> batch, int unitsMax, int eventsMax)
    {
        var events = 0;
        while (batch.Count < unitsMax && events < eventsMax && _ready.TryDequeue(out var pending))
        {
            batch.Add(pending);
            events += pending.EventsCount;
        }
    }

    /// <summary>Tells the caller, and lets go those behind. A unit whose fate is sealed by this one is told, too.</summary>
    public void Done(PendingUnit pending, AppendResult result)
    {
        var done = new Queue<(PendingUnit, AppendResult)>([(pending, result)]);
        while (done.TryDequeue(out var next))
        {
            var (unit, itsResult) = next;
            unit.Outcome.SetResult(itsResult);
            foreach (var behind in Free(unit))
            {
                if (Foresight.Of(behind.Unit, unit.Unit, itsResult) is { } sealedFate)
                {
                    done.Enqueue((behind, sealedFate));
                }
                else
                {
                    _ready.Enqueue(behind);
                }
            }
        }
    }

    public void Failed(PendingUnit pending, Exception failure)
    {
        pending.Outcome.SetException(failure);
        foreach (var behind in Free(pending))
        {
            _ready.Enqueue(behind);
        }
    }

    /// <summary>Tells every caller whose unit is not done, in whatever state the queue is: nothing more is taken out of it.</summary>
    public void FailAll(Func<Exception> failure)
    {
        foreach (var pending in _all)
        {
            pending.Outcome.TrySetException(failure());
        }
    }

    // Takes a unit out; those that nothing is before any more.
    private List<PendingUnit> Free(PendingUnit pending)
    {
        var free = new List<PendingUnit>();
        _all.Remove(pending);
        foreach (var thing in pending.Touches())
        {
            if (_newest[thing] == pending)
            {
                _newest.Remove(thing);
            }
        }

        foreach (var behind in pending.Behind)
        {
            behind.Before--;
            if (behind.Before == 0)
            {
                free.Add(behind);
            }
        }

        return free;
    }
}
