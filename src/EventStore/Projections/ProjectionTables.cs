using System.Buffers;
using System.Text.RegularExpressions;
using Npgsql;
using NpgsqlTypes;
using Payments.EventStore.Contract;

namespace Payments.EventStore.Projections;

/// <summary>The SQL that writes a projection's rows, and makes tables beside those that serve and puts them in their place.</summary>
/// <param name="home">The schema where the tables are that serve.</param>
internal sealed partial class ProjectionTables(ProjectionDefinition definition, string home)
{
    private readonly string _side = SideOf(definition.Name);

    /// <summary>The schema that unqualified names mean on this database's connections.</summary>
    public static async Task<string> HomeAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select quote_ident(current_schema())", connection);
        return (string)(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>Writes rows, by the apply functions of the service's schema, into the tables that the search path shows.</summary>
    public async Task ApplyAsync(NpgsqlConnection connection, IReadOnlyList<IReadOnlyList<ProjectionRow>> groups, CancellationToken cancel)
    {
        foreach (var group in groups)
        {
            foreach (var rows in group.GroupBy(r => r.Projection))
            {
                await using var apply = new NpgsqlCommand($"select {home}.apply_{Identifier(rows.Key)}($1)", connection);
                apply.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = JsonArray(rows), NpgsqlDbType = NpgsqlDbType.Jsonb });
                await apply.ExecuteNonQueryAsync(cancel);
            }
        }
    }

    public async Task<bool> SideExistsAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select to_regnamespace($1) is not null", connection);
        command.Parameters.AddWithValue(_side);
        return (bool)(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>Makes empty tables of the same shape beside those that serve. What an earlier attempt left goes.</summary>
    public async Task MakeSideAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await DropSideAsync(connection, definition.Name, cancel);
        await ExecuteAsync(connection, $"create schema {_side}", cancel);
        foreach (var table in definition.Tables.Select(Identifier))
        {
            await ExecuteAsync(connection, $"create table {_side}.{table} (like {home}.{table} including all)", cancel);
            if (await StorageAsync(connection, table, cancel) is { Length: > 0 } storage)
            {
                await ExecuteAsync(connection, $"alter table {_side}.{table} set ({storage})", cancel);
            }
        }

        if (definition.Seed.Length > 0)
        {
            await ShowSideOnlyAsync(connection, cancel);
            await ExecuteAsync(connection, definition.Seed, cancel);
        }
    }

    public static Task DropSideAsync(NpgsqlConnection connection, string projection, CancellationToken cancel) =>
        ExecuteAsync(connection, $"drop schema if exists {SideOf(projection)} cascade", cancel);

    /// <summary>
    /// For the rest of the transaction only the tables beside are in sight: whoever writes another one gets an error, not an effect.
    /// </summary>
    public Task ShowSideOnlyAsync(NpgsqlConnection connection, CancellationToken cancel) =>
        ExecuteAsync(connection, $"set local search_path = {_side}", cancel);

    /// <summary>What the planner should know of the new tables before anybody asks them.</summary>
    public Task AnalyseSideAsync(NpgsqlConnection connection, CancellationToken cancel) =>
        ExecuteAsync(connection, $"analyze {string.Join(", ", definition.Tables.Select(t => $"{_side}.{Identifier(t)}"))}", cancel);

    /// <summary>Statements for the indexes that the tables that serve have, and those beside do not: they came after these.</summary>
    public async Task<List<string>> MissingIndexesAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var statements = new List<string>();
        foreach (var table in definition.Tables.Select(Identifier))
        {
            await using var command = new NpgsqlCommand(
                $"{IndexesOf($"{home}.{table}")} and i.indisvalid except {IndexesOf($"{_side}.{table}")}", connection);
            await using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
            {
                var place = $"index on {_side}.{table} ";
                statements.Add($"create {reader.GetString(0).Replace("INDEX ON ", place, StringComparison.Ordinal)}");
            }
        }

        return statements;
    }

    /// <summary>Puts the tables beside in the place of those that serve. A statement sees either, whole, and never none.</summary>
    /// <returns>False: the tables that serve have got an index meanwhile. Roll back, and make it.</returns>
    /// <exception cref="PostgresException">Somebody reads for longer than the lock timeout, or something depends on the old
    /// tables.</exception>
    public async Task<bool> TrySwitchAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var old = string.Join(", ", definition.Tables.Select(t => $"{home}.{Identifier(t)}").Order(StringComparer.Ordinal));
        await ExecuteAsync(connection, $"lock table {old} in access exclusive mode", cancel);
        if ((await MissingIndexesAsync(connection, cancel)).Count > 0)
        {
            return false;
        }

        await ExecuteAsync(connection, $"drop table {old}", cancel);
        foreach (var table in definition.Tables.Select(Identifier))
        {
            await ExecuteAsync(connection, $"alter table {_side}.{table} set schema {home}", cancel);
        }

        await ExecuteAsync(connection, $"drop schema {_side}", cancel);
        return true;
    }

    // Of this table alone: an index of another projection may be dropped while it is asked for its text.
    private static string IndexesOf(string table) =>
        @"select regexp_replace(pg_get_indexdef(i.indexrelid), '^CREATE (UNIQUE )?INDEX \S+ ON \S+ ', '\1INDEX ON ') " +
        $"from pg_index i where i.indrelid = '{table}'::regclass";

    // "like" copies neither the fill factor nor other storage parameters.
    private async Task<string> StorageAsync(NpgsqlConnection connection, string table, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            $"select coalesce(array_to_string(reloptions, ', '), '') from pg_class where oid = '{home}.{table}'::regclass", connection);
        return (string)(await command.ExecuteScalarAsync(cancel))!;
    }

    private static byte[] JsonArray(IEnumerable<ProjectionRow> rows)
    {
        var json = new ArrayBufferWriter<byte>(1024);
        json.Write("["u8);
        foreach (var row in rows)
        {
            if (json.WrittenCount > 1)
            {
                json.Write(","u8);
            }

            json.Write(row.Json.Span);
        }

        json.Write("]"u8);
        return json.WrittenSpan.ToArray();
    }

    private static string SideOf(string projection) => $"projection_{Identifier(projection)}_next";

    // Names come from the code of the service, never from a request; still none becomes SQL unseen.
    private static string Identifier(string name) =>
        IdentifierPattern().IsMatch(name)
            ? name
            : throw new InvalidOperationException($"'{name}' is no name of a projection's table or function.");

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancel);
    }

    [GeneratedRegex("^[a-z][a-z0-9_]{0,55}$")]
    private static partial Regex IdentifierPattern();
}
