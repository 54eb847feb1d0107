using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using Payments.EventStore.Contract;

namespace Payments.EventStore.Sealing.Archives;

/// <summary>Reads archived events without the database.</summary>
public static class ArchiveReader
{
    /// <summary>The events of an archive in order, one after the other, those of one stream if one is named.</summary>
    /// <remarks>The checksum is verified before the first event is given, at the price of reading the file twice: nobody acts on the first
    /// half of a file whose second half is damaged.</remarks>
    /// <exception cref="ArchiveCorruptException">The file is not what was written. Names it.</exception>
    public static async IAsyncEnumerable<StoredEvent> ReadAsync(
        string file, StreamId? stream, [EnumeratorCancellation] CancellationToken cancel)
    {
        await ArchiveFile.CheckAsync(file, cancel);
        ArchiveHeader? header = null;
        var position = 0L;
        await foreach (var line in ArchiveFile.LinesAsync(file, cancel))
        {
            if (header is null)
            {
                header = ArchiveHeader.Read(file, line);
                position = header.FirstPosition - 1;
                continue;
            }

            var e = Event(file, line);
            if (e.Position != ++position)
            {
                throw new ArchiveCorruptException(file, $"it has position {e.Position} where {position} belongs.");
            }

            if (stream is null || e.Stream == stream)
            {
                yield return e;
            }
        }

        if (header is null || position != header.LastPosition)
        {
            throw new ArchiveCorruptException(file, $"it ends at position {position}, too early.");
        }
    }

    private static StoredEvent Event(string file, string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var e = json.RootElement;
            return new StoredEvent(
                e.GetProperty("position").GetInt64(),
                StreamId.Parse(e.GetProperty("stream_id").GetString()!),
                e.GetProperty("stream_version").GetInt64(),
                e.GetProperty("event_id").GetGuid(),
                e.GetProperty("event_type").GetString()!,
                e.GetProperty("schema_version").GetInt32(),
                JsonMarshal.GetRawUtf8Value(e.GetProperty("data")).ToArray(),
                new EventMetadata(
                    e.GetProperty("correlation_id").GetGuid(),
                    e.GetProperty("causation_id") is { ValueKind: JsonValueKind.String } causation ? causation.GetGuid() : null,
                    e.GetProperty("actor").GetString()!,
                    e.GetProperty("trace_parent").GetString(),
                    e.GetProperty("routing_key").GetString()),
                e.GetProperty("recorded_at").GetDateTimeOffset());
        }
        catch (Exception damage) when (damage is JsonException or KeyNotFoundException or FormatException or InvalidOperationException)
        {
            throw new ArchiveCorruptException(file, "a line of it is no event.", damage);
        }
    }
}
