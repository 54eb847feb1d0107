using System.Text.Json;
using System.Text.Json.Nodes;

namespace Payments.Contracts.Events;

/// <summary>A state as it was. Version 0: before its first event.</summary>
public sealed record StateView(string Stream, long Version, DateTimeOffset? RecordedAt, JsonNode? State);

/// <summary>Two states of a stream, what differs, and the events between them.</summary>
/// <param name="Truncated">There are more events than are listed.</param>
public sealed record StateDiffView(
    StateView From, StateView To, IReadOnlyList<StateChange> Changes, IReadOnlyList<PassedEvent> Events, bool Truncated);

/// <summary>One difference between two states.</summary>
/// <param name="Path">
/// Where, for example <c>balance.minor</c> or <c>holds[0198…].minor</c>: an entry of a list goes by its first member, if that is a text.
/// </param>
/// <param name="Before">Null where there was nothing.</param>
/// <param name="After">Null where there is nothing any more.</param>
public sealed record StateChange(string Path, JsonNode? Before, JsonNode? After);

/// <summary>An event between the two states. Card tokens are masked.</summary>
public sealed record PassedEvent(
    long Version, long Position, Guid EventId, string Type, Guid CorrelationId, DateTimeOffset RecordedAt, JsonElement Data);
