using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Npgsql;
using NpgsqlTypes;
using Payments.EventStore.Partitions;

namespace Payments.EventStore.Sealing.Archives;

/// <summary>
/// The idempotency keys of an archived month. Their answers go to a file beside that of the events; the keys themselves stay, each with an
/// answer that says so: a key is never executed twice, however old it is.
/// </summary>
internal static class ClaimArchive
{
    private const string OfMonth = "claims where claimed_at >= $1 and claimed_at < $2";

    /// <summary>Beside the file of the events: <c>{log}-{month}.claims.gz</c>.</summary>
    public static string FileBeside(string eventsFile) =>
        eventsFile.EndsWith(".events.gz", StringComparison.Ordinal)
            ? $"{eventsFile[..^".events.gz".Length]}.claims.gz"
            : $"{eventsFile}.claims.gz";

    /// <summary>Writes the file, and reads it back. What is written later of that month there is none: the log is past it.</summary>
    /// <returns>Null: no key was used in that month, and there is no file.</returns>
    public static async Task<ArchivedClaims?> WriteAsync(
        NpgsqlConnection connection, string log, Month month, string eventsFile, CancellationToken cancel)
    {
        var count = await CountAsync(connection, month, cancel);
        if (count == 0)
        {
            return null;
        }

        var file = FileBeside(eventsFile);
        var unfinished = $"{file}.unfinished";
        File.Delete(unfinished);
        try
        {
            var header = new ClaimHeader(ClaimHeader.FormatName, log, $"{month}", count);
            await ArchiveFile.WriteAsync(unfinished, LinesAsync(connection, header, month, cancel), cancel);
            var lines = await ArchiveFile.LinesAsync(unfinished, cancel).LongCountAsync(cancel);
            if (lines != count + 1)
            {
                throw new ArchiveCorruptException(unfinished, $"it has {lines - 1} keys, and the month has {count}.");
            }

            var checksum = await ArchiveFile.ChecksumAsync(unfinished, cancel);
            await ArchiveFile.PublishAsync(unfinished, file, checksum, cancel);
            return new ArchivedClaims(count, checksum);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }

    /// <summary>Leaves of the month's answers only that they are in the archive. Repeatable.</summary>
    public static async Task EmptyAsync(NpgsqlConnection connection, Month month, byte[] answer, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            "update claims set answer = $3 where claimed_at >= $1 and claimed_at < $2 and answer::text <> $3::text", connection)
        {
            CommandTimeout = 0,
            Parameters =
            {
                new() { Value = month.Start.UtcDateTime },
                new() { Value = month.End.UtcDateTime },
                new() { Value = answer, NpgsqlDbType = NpgsqlDbType.Json },
            },
        };
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Puts the answers back, in the caller's transaction.</summary>
    /// <exception cref="ArchiveCorruptException">The file is not there, or not what was written.</exception>
    public static async Task RestoreAsync(
        NpgsqlConnection connection, string eventsFile, ReadOnlyMemory<byte> checksum, CancellationToken cancel)
    {
        var file = FileBeside(eventsFile);
        if (!File.Exists(file))
        {
            throw new ArchiveCorruptException(file, "it is not there, and has the answers of the month's idempotency keys.");
        }

        var actual = await ArchiveFile.ChecksumAsync(file, cancel);
        if (!checksum.Span.SequenceEqual(actual))
        {
            throw new ArchiveCorruptException(file, "its SHA-256 is not the one in archived_months.");
        }

        await ExecuteAsync(connection, "create temporary table restored_claims (line json) on commit drop", cancel);
        await using (var writer = await connection.BeginBinaryImportAsync(
            "copy restored_claims (line) from stdin (format binary)", cancel))
        {
            await foreach (var line in ArchiveFile.LinesAsync(file, cancel).Skip(1).WithCancellation(cancel))
            {
                await writer.StartRowAsync(cancel);
                await writer.WriteAsync(line, NpgsqlDbType.Json, cancel);
            }

            await writer.CompleteAsync(cancel);
        }

        await ExecuteAsync(
            connection,
            "insert into claims (scope, key, fingerprint, answer, claimed_at) " +
            "select c.scope, c.key, c.fingerprint, c.answer, c.claimed_at " +
            "from restored_claims r, json_populate_record(null::claims, r.line) c " +
            "on conflict (scope, key) do update set answer = excluded.answer",
            cancel);
    }

    private static async Task<long> CountAsync(NpgsqlConnection connection, Month month, CancellationToken cancel)
    {
        await using var command = Of($"select count(*) from {OfMonth}", connection, month);
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    private static async IAsyncEnumerable<string> LinesAsync(
        NpgsqlConnection connection, ClaimHeader header, Month month, [EnumeratorCancellation] CancellationToken cancel)
    {
        yield return JsonSerializer.Serialize(header, ClaimArchiveJson.Default.ClaimHeader);
        await using var command = Of(
            $"select row_to_json(c)::text from (select scope, key, fingerprint, answer, claimed_at from {OfMonth} order by scope, key) c",
            connection,
            month);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            yield return reader.GetString(0).Replace('\n', ' ').Replace('\r', ' '); // Between members, where JSON may have them.
        }
    }

    private static NpgsqlCommand Of(string sql, NpgsqlConnection connection, Month month) => new(sql, connection)
    {
        CommandTimeout = 0,
        Parameters = { new() { Value = month.Start.UtcDateTime }, new() { Value = month.End.UtcDateTime } },
    };

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancel);
    }
}

/// <summary>The first line of a file of idempotency keys. The lines after it are the rows of <c>claims</c>, one JSON object each.</summary>
internal sealed record ClaimHeader(string Format, string Log, string Month, long ClaimCount)
{
    public const string FormatName = "payments.claims.v1";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ClaimHeader))]
internal sealed partial class ClaimArchiveJson : JsonSerializerContext;
