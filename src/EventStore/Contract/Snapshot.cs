namespace Payments.EventStore.Contract;

/// <summary>A state as of a version, so that it need not be folded again. Only a short cut: the stream is the truth.</summary>
/// <param name="Schema">The version of the state's form; a snapshot of another one is passed over.</param>
/// <param name="State">UTF-8 JSON.</param>
public sealed record Snapshot(StreamId Stream, long Version, int Schema, ReadOnlyMemory<byte> State);

/// <summary>What is read of a stream to bring a state up to date: a snapshot, perhaps, and events.</summary>
/// <param name="Events">In order. Where there is a snapshot, some of them may be part of it already.</param>
public sealed record StreamRest(Snapshot? Snapshot, IReadOnlyList<StoredEvent> Events);
