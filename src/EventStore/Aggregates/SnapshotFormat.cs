namespace Payments.EventStore.Aggregates;

/// <summary>How the states of an aggregate are kept as snapshots.</summary>
/// <param name="Schema">Raised when the form of the state, or what it means, changes: older snapshots are then passed over.</param>
/// <param name="Encode">UTF-8 JSON; a pure function.</param>
/// <param name="Decode">Its inverse.</param>
/// <param name="Every">A snapshot is taken after so many events of a stream.</param>
public sealed record SnapshotFormat<TState>(
    int Schema, Func<TState, byte[]> Encode, Func<ReadOnlyMemory<byte>, TState> Decode, int Every = 100)
    where TState : class;
