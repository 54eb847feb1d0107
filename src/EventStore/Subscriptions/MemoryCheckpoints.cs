using Payments.EventStore.Contract;

namespace Payments.EventStore.Subscriptions;

/// <summary>Checkpoints in memory, for tests and simulation. They outlive the workers, as a database does.</summary>
public sealed class MemoryCheckpoints(IEventStore store, TimeProvider clock) : ICheckpoints
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, Row> _rows = new(StringComparer.Ordinal);

    public Task<Checkpoint> ReadAsync(string name, int version, CancellationToken cancel)
    {
        lock (_gate)
        {
            if (!_rows.TryGetValue(name, out var row))
            {
                _rows[name] = row = new Row(
                    new Checkpoint(0, version, Paused: false), SubscriptionState.Waiting, clock.GetUtcNow(), 0, null);
            }

            return Task.FromResult(row.Checkpoint);
        }
    }

    public Task<bool> MoveAsync(string name, int version, long from, long to, CancellationToken cancel) =>
        Task.FromResult(Change(
            name,
            row => row.Checkpoint.Position == from && row.Checkpoint.Version == version,
            row => row with { Checkpoint = row.Checkpoint with { Position = to } }));

    public Task NoteAsync(string name, SubscriptionState state, int failures, string? error, CancellationToken cancel)
    {
        Change(name, _ => true, row => row with
        {
            State = state,
            Since = row.State == state ? row.Since : clock.GetUtcNow(),
            Failures = failures,
            Error = error,
        });
        return Task.CompletedTask;
    }

    public Task<bool> SetPausedAsync(string name, bool paused, CancellationToken cancel) =>
        Task.FromResult(Change(name, _ => true, row => row with { Checkpoint = row.Checkpoint with { Paused = paused } }));

    public async Task<IReadOnlyList<SubscriptionStatus>> ListAsync(CancellationToken cancel)
    {
        var last = await store.LastPositionAsync(cancel);
        lock (_gate)
        {
            return
            [
                .. _rows.Select(r => new SubscriptionStatus(
                    r.Key,
                    r.Value.Checkpoint.Paused ? SubscriptionState.Paused : r.Value.State,
                    r.Value.Checkpoint.Position,
                    last,
                    r.Value.Since,
                    r.Value.Failures,
                    r.Value.Error,
                    HasWorker: r.Value.State != SubscriptionState.Waiting)),
            ];
        }
    }

    private bool Change(string name, Func<Row, bool> allowed, Func<Row, Row> change)
    {
        lock (_gate)
        {
            if (!_rows.TryGetValue(name, out var row) || !allowed(row))
            {
                return false;
            }

            _rows[name] = change(row);
            return true;
        }
    }

    private sealed record Row(Checkpoint Checkpoint, SubscriptionState State, DateTimeOffset Since, int Failures, string? Error);
}
