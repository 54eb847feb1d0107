using Payments.Console.Gateway;

namespace Payments.Console.Live;

/// <summary>
/// One question, asked every second while somebody watches; less often when the answer takes its time, so that watching never costs a
/// service more than a tenth of its.
/// </summary>
public sealed class LiveAnswer<T>(Func<CancellationToken, Task<Answer<T>>> ask, TimeProvider clock, CancellationToken stopping)
    where T : class
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);
    private const int PauseForEach = 9;

    // Bridges the moment between one page and the next, or the same one loaded anew.
    private const int IdleRoundsMax = 5;

    private readonly Lock _gate = new();
    private readonly List<Watcher> _watchers = [];
    private bool _started;
    private bool _ended;

    public Answer<T> Latest { get; private set; } = Answer<T>.None;

    /// <returns>Null if this question has just been given up: make another one.</returns>
    internal Watcher? TryWatch(Action<Answer<T>> show, Action ended)
    {
        var watcher = new Watcher(this, show);
        lock (_gate)
        {
            if (_ended)
            {
                return null;
            }

            _watchers.Add(watcher);
            if (!_started)
            {
                _started = true;
                _ = Task.Run(() => RunAsync(ended), CancellationToken.None);
            }
        }

        return watcher;
    }

    private async Task RunAsync(Action ended)
    {
        using var timer = new PeriodicTimer(Every, clock);
        var idleRounds = 0;
        try
        {
            do
            {
                var asked = clock.GetTimestamp();
                Tell(await ask(stopping));
                timer.Period = PauseAfter(clock.GetElapsedTime(asked));
                idleRounds = IsWatched() ? 0 : idleRounds + 1;
            }
            while (!TryEnd(idleRounds) && await timer.WaitForNextTickAsync(stopping));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The console stops; nobody looks any more.
        }
        finally
        {
            ended();
        }
    }

    private static TimeSpan PauseAfter(TimeSpan took)
    {
        var pause = took * PauseForEach;
        return pause < Every ? Every : pause > Longest ? Longest : pause;
    }

    // A value outlives trouble: what was last known is shown beside the reason why it is not fresh.
    private void Tell(Answer<T> answer)
    {
        Latest = answer is { Value: null, Trouble.Kind: not TroubleKind.NotFound } ? answer with { Value = Latest.Value } : answer;
        Watcher[] watchers;
        lock (_gate)
        {
            watchers = [.. _watchers];
        }

        foreach (var watcher in watchers)
        {
            watcher.Show(Latest);
        }
    }

    private bool IsWatched()
    {
        lock (_gate)
        {
            return _watchers.Count > 0;
        }
    }

    private bool TryEnd(int idleRounds)
    {
        lock (_gate)
        {
            return _ended = idleRounds > IdleRoundsMax && _watchers.Count == 0;
        }
    }

    /// <summary>One who watches.</summary>
    public sealed class Watcher(LiveAnswer<T> question, Action<Answer<T>> show) : IDisposable
    {
        public Answer<T> Latest => question.Latest;

        public void Dispose()
        {
            lock (question._gate)
            {
                question._watchers.Remove(this);
            }
        }

        internal void Show(Answer<T> answer) => show(answer);
    }
}
