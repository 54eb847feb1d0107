using System.Diagnostics;

namespace SimulationTests.Running;

/// <summary>Many seeds, one world at a time on each core. The worlds share nothing.</summary>
internal sealed class SeedRuns(SimulateOptions options)
{
    private long _done;
    private long _steps;
    private long _events;
    private int _next = options.FirstSeed - 1;
    private Outcome? _failed;
    private readonly Dictionary<string, int> _seen = [];

    public long Done => Volatile.Read(ref _done);

    public long Steps => Volatile.Read(ref _steps);

    public long Events => Volatile.Read(ref _events);

    /// <summary>What was met, and in how many worlds.</summary>
    public IReadOnlyDictionary<string, int> Seen => _seen;

    /// <summary>The failed world with the least seed of those that were found.</summary>
    public Outcome? Failed => Volatile.Read(ref _failed);

    public void Run()
    {
        var watch = Stopwatch.StartNew();
        var workers = Enumerable.Range(0, Math.Max(1, options.Workers)).Select(_ => new Thread(() => Work(watch))).ToList();
        workers.ForEach(w => w.Start());
        workers.ForEach(w => w.Join());
    }

    private void Work(Stopwatch watch)
    {
        while (Failed is null)
        {
            var seed = Interlocked.Increment(ref _next);
            var isOver = options.Minutes is { } minutes ? watch.Elapsed.TotalMinutes >= minutes : seed - options.FirstSeed >= options.Seeds;
            if (isOver)
            {
                return;
            }

            var outcome = Outcome.Of(options.PlanOf(seed));
            Interlocked.Increment(ref _done);
            Interlocked.Add(ref _steps, outcome.Steps);
            Interlocked.Add(ref _events, outcome.Events);
            Count(outcome.Seen);
            if (outcome.Violation is not null)
            {
                Fail(outcome);
            }
        }
    }

    private void Count(IReadOnlyCollection<string> seen)
    {
        lock (_seen)
        {
            foreach (var what in seen)
            {
                _seen[what] = _seen.GetValueOrDefault(what) + 1;
            }
        }
    }

    private void Fail(Outcome outcome)
    {
        lock (options)
        {
            if (_failed is null || outcome.Plan.Seed < _failed.Plan.Seed)
            {
                Volatile.Write(ref _failed, outcome);
            }
        }
    }
}
