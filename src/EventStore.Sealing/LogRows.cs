using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.CompilerServices;
using Npgsql;

namespace Payments.EventStore.Sealing;

/// <summary>Reads rows of the log as the bytes that are hashed: PostgreSQL's binary COPY, nothing decoded.</summary>
internal static class LogRows
{
    private const int BufferBytes = 64 * 1024;

    // Signature, flags, and the length of an extension (which PostgreSQL leaves empty): COPY, "Binary Format".
    private const int HeaderBytes = 11 + sizeof(int) + sizeof(int);
    private const short EndMark = -1;

    private const string Columns =
        "position, stream_id, stream_type, stream_version, event_id, event_type, schema_version, data::text, " +
        "correlation_id, causation_id, actor, trace_parent, routing_key, recorded_at";

    /// <summary>
    /// For a connection, or a transaction, that reads rows: by the index, which has them in order, also while the planner knows nothing of
    /// a table that grows. Otherwise it may read the whole month and sort it, for each interval.
    /// </summary>
    public static async Task ReadByIndexAsync(NpgsqlConnection connection, bool inTransactionOnly, CancellationToken cancel)
    {
        var scope = inTransactionOnly ? "local" : "session";
        await using var command = new NpgsqlCommand(
            $"set {scope} enable_seqscan = off; set {scope} enable_bitmapscan = off; set {scope} enable_sort = off; set {scope} jit = off",
            connection);
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Rows with positions greater than one and up to another, in order, doubles included.</summary>
    /// <returns>Each event's bytes are good until the next one is asked for.</returns>
    public static IAsyncEnumerable<CanonicalEvent> ReadAsync(
        NpgsqlConnection connection, long after, long upTo, CancellationToken cancel) =>
        // COPY takes no parameters; a number is harmless.
        CopyAsync(
            connection,
            string.Create(CultureInfo.InvariantCulture,
                $"copy (select {Columns} from events where position > {after} and position <= {upTo} " +
                $"order by position, recorded_at) to stdout (format binary)"),
            cancel);

    private static async IAsyncEnumerable<CanonicalEvent> CopyAsync(
        NpgsqlConnection connection, string copy, [EnumeratorCancellation] CancellationToken cancel)
    {
        await using var stream = await connection.BeginRawBinaryCopyAsync(copy, cancel);
        var (buffer, start, end) = (new byte[BufferBytes], 0, 0);
        await NeedAsync(HeaderBytes);
        start += HeaderBytes;
        while (true)
        {
            await NeedAsync(sizeof(short));
            var fields = BinaryPrimitives.ReadInt16BigEndian(buffer.AsSpan(start));
            if (fields == EndMark)
            {
                yield break;
            }

            var size = sizeof(short);
            for (var field = 0; field < fields; field++)
            {
                if (end - start < size + sizeof(int))
                {
                    await NeedAsync(size + sizeof(int));
                }

                size += sizeof(int) + Math.Max(0, BinaryPrimitives.ReadInt32BigEndian(buffer.AsSpan(start + size)));
            }

            if (end - start < size)
            {
                await NeedAsync(size);
            }

            yield return new CanonicalEvent(buffer.AsMemory(start, size));
            start += size;
        }

        async ValueTask NeedAsync(int bytes)
        {
            if (end - start >= bytes)
            {
                return;
            }

            if (buffer.Length - start < bytes)
            {
                var target = bytes > buffer.Length ? new byte[bytes + BufferBytes] : buffer;
                buffer.AsSpan(start, end - start).CopyTo(target);
                (buffer, start, end) = (target, 0, end - start);
            }

            while (end - start < bytes)
            {
                var read = await stream.ReadAsync(buffer.AsMemory(end), cancel);
                end += read > 0 ? read : throw new EndOfStreamException("The database ended a row in the middle.");
            }
        }
    }
}
