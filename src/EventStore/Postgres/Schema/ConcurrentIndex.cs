using System.Text.RegularExpressions;
using Npgsql;
using Payments.EventStore.Partitions;

namespace Payments.EventStore.Postgres.Schema;

/// <summary>One index, built while everybody writes: as the file says it, on a table or on each partition of one.</summary>
internal sealed partial class ConcurrentIndex
{
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(1);

    private readonly string _unique;
    private readonly string _name;
    private readonly string _table;
    private readonly string _rest;

    /// <exception cref="InvalidOperationException">The file is not one such statement.</exception>
    public ConcurrentIndex(SchemaFile file)
    {
        var statement = Statement().Match(Comment().Replace(file.Sql, ""));
        if (!statement.Success)
        {
            throw new InvalidOperationException(
                $"{file} must be one statement 'create [unique] index concurrently if not exists <name> on <table> …'.");
        }

        _unique = statement.Groups["unique"].Value;
        _name = statement.Groups["name"].Value;
        _table = statement.Groups["table"].Value;
        _rest = statement.Groups["rest"].Value;
    }

    private enum IndexStatus
    {
        Missing,
        BeingBuilt,

        /// <summary>What an interrupted build has left: it is kept up to date by every write, and helps nobody.</summary>
        Invalid,
        Valid,
    }

    /// <summary>Builds it, as long as it takes. What an interrupted build has left is dropped and built again.</summary>
    /// <param name="connection">In no transaction.</param>
    public async Task BuildAsync(NpgsqlConnection connection, TimeProvider clock, CancellationToken cancel)
    {
        if (await ScalarAsync(connection, "select relkind from pg_class where oid = $1::regclass", cancel, _table) is 'p')
        {
            await BuildOnPartitionsAsync(connection, clock, cancel);
        }
        else
        {
            await BuildAsync(connection, _name, _table, clock, cancel);
        }
    }

    private async Task BuildAsync(NpgsqlConnection connection, string name, string table, TimeProvider clock, CancellationToken cancel)
    {
        while (true)
        {
            switch (await StatusAsync(connection, name, cancel))
            {
                case IndexStatus.Valid:
                    return;
                case IndexStatus.BeingBuilt: // By a process that has died since, or lost its lock: the server goes on.
                    await Task.Delay(LookAgainAfter, clock, cancel);
                    break;
                case IndexStatus.Invalid:
                    await ExecuteAsync(connection, $"drop index concurrently if exists {name}", cancel);
                    break;
                default:
                    await ExecuteAsync(
                        connection, $"create {_unique}index concurrently if not exists {name} on {table} {_rest}", cancel);
                    break;
            }
        }
    }

    // CONCURRENTLY is not to be had on the parent. Its own index comes first, without those of its partitions: partitions that are made
    // from now on bring theirs. It is valid as soon as that of each partition is attached.
    private async Task BuildOnPartitionsAsync(NpgsqlConnection connection, TimeProvider clock, CancellationToken cancel)
    {
        if (await StatusAsync(connection, _name, cancel) is IndexStatus.Missing)
        {
            await BrieflyAsync(connection, $"create {_unique}index if not exists {_name} on only {_table} {_rest}", clock, cancel);
        }

        while (await NextPartitionAsync(connection, cancel) is { } partition)
        {
            var index = $"{partition}_{_name}";
            index = index[..Math.Min(index.Length, 63)]; // As PostgreSQL would.
            try
            {
                await BuildAsync(connection, index, partition, clock, cancel);
                await BrieflyAsync(connection, $"alter index {_name} attach partition {index}", clock, cancel);
            }
            catch (PostgresException gone) when (gone.SqlState == PostgresErrorCodes.UndefinedTable)
            {
                // The month was archived meanwhile.
            }
        }
    }

    private async Task<string?> NextPartitionAsync(NpgsqlConnection connection, CancellationToken cancel) => (string?)await ScalarAsync(
        connection,
        "select c.relname::text from pg_inherits i join pg_class c on c.oid = i.inhrelid " +
        "where i.inhparent = $1::regclass and not exists (" +
        "select from pg_inherits a join pg_index x on x.indexrelid = a.inhrelid " +
        "where a.inhparent = $2::regclass and x.indrelid = c.oid) order by 1 limit 1",
        cancel,
        _table,
        _name);

    private static async Task<IndexStatus> StatusAsync(NpgsqlConnection connection, string index, CancellationToken cancel) =>
        (string?)await ScalarAsync(
            connection,
            "select case when i.indisvalid then 'valid' " +
            "when exists (select from pg_stat_progress_create_index p where p.index_relid = i.indexrelid) then 'being built' " +
            "else 'invalid' end from pg_index i where i.indexrelid = to_regclass($1)",
            cancel,
            index) switch
        {
            null => IndexStatus.Missing,
            "valid" => IndexStatus.Valid,
            "being built" => IndexStatus.BeingBuilt,
            _ => IndexStatus.Invalid,
        };

    // For what changes a catalogue and nothing else, but locks the table for it.
    private static Task BrieflyAsync(NpgsqlConnection connection, string sql, TimeProvider clock, CancellationToken cancel) =>
        LockPatience.TryAsync(
            async () =>
            {
                await using var transaction = await connection.BeginTransactionAsync(cancel);
                await ExecuteAsync(connection, $"{LockPatience.Sql}; {sql}", cancel);
                await transaction.CommitAsync(cancel);
            },
            clock,
            cancel);

    private static async Task<object?> ScalarAsync(
        NpgsqlConnection connection, string sql, CancellationToken cancel, params IReadOnlyList<string> parameters)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var parameter in parameters)
        {
            command.Parameters.AddWithValue(parameter);
        }

        return await command.ExecuteScalarAsync(cancel);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancel);
    }

    [GeneratedRegex(@"--[^\n]*")]
    private static partial Regex Comment();

    [GeneratedRegex(
        @"^\s*create\s+(?<unique>unique\s+)?index\s+concurrently\s+if\s+not\s+exists\s+(?<name>[a-z][a-z0-9_]*)\s+" +
        @"on\s+(?<table>[a-z][a-z0-9_]*)\s+(?<rest>[^;]+);?\s*$",
        RegexOptions.IgnoreCase)]
    private static partial Regex Statement();
}
