using System.Text.Json.Nodes;
using Npgsql;
using NpgsqlTypes;

namespace Payments.Gateway.Operators;

/// <summary>What is done, about an account for the most part, for the trail.</summary>
internal sealed record AccessAct(string By, string Act, string Reason, string Subject, JsonNode? Before = null, JsonNode? After = null)
{
    public static AccessAct OfAccount(
        string by, string act, string reason, string account, JsonNode? before = null, JsonNode? after = null) =>
        new(by, act, reason, $"operator/{account}", before, after);
}

/// <summary>The operators' accounts. Whatever is done to one is in the trail in the same transaction.</summary>
internal sealed class OperatorStore(NpgsqlDataSource database, TimeProvider clock)
{
    private const string Columns = "name, role, password_hash, must_change, issuer, locked_until, disabled_at, created_at, signed_in_at";

    public async Task<OperatorAccount?> FindAsync(string name, CancellationToken cancel) =>
        (await SelectAsync("where name = $1", cancel, new NpgsqlParameter<string> { TypedValue = name })).SingleOrDefault();

    public Task<IReadOnlyList<OperatorAccount>> ListAsync(CancellationToken cancel) => SelectAsync("order by name", cancel);

    /// <summary>Makes an account with a password, unless there is one of that name.</summary>
    public Task<bool> CreateAsync(string name, string role, string hash, bool mustChange, AccessAct act, CancellationToken cancel) =>
        ChangeAsync(
            "insert into operators (name, role, password_hash, must_change, created_at) values ($1, $2, $3, $4, $5) " +
            "on conflict do nothing",
            act,
            cancel,
            Text(name),
            Text(role),
            Text(hash),
            new NpgsqlParameter<bool> { TypedValue = mustChange },
            Now());

    /// <summary>A new password; what is signed in with the old one is signed out, but for the session given.</summary>
    public Task<bool> SetPasswordAsync(string name, string hash, bool mustChange, byte[]? keep, AccessAct act, CancellationToken cancel) =>
        ChangeAsync(
            "with gone as (delete from operator_sessions where operator = $1 and token_hash is distinct from $4) " +
            "update operators set password_hash = $2, must_change = $3, failures = 0, locked_until = null " +
            "where name = $1 and password_hash is not null",
            act,
            cancel,
            Text(name),
            Text(hash),
            new NpgsqlParameter<bool> { TypedValue = mustChange },
            new NpgsqlParameter { Value = (object?)keep ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bytea });

    /// <summary>Another role. False: there is no such account, or no admin would be left.</summary>
    public Task<bool> SetRoleAsync(string name, string role, AccessAct act, CancellationToken cancel) => ChangeAsync(
        $"update operators set role = $2 where name = $1 and ($2 = 'admin' or {AnotherAdmin})", act, cancel, Text(name), Text(role));

    /// <summary>Nobody signs in to it any more, and who has is signed out. False: no such account, or no admin would be left.</summary>
    public Task<bool> DisableAsync(string name, AccessAct act, CancellationToken cancel) => ChangeAsync(
        "with gone as (delete from operator_sessions where operator = $1) " +
        $"update operators set disabled_at = $2 where name = $1 and disabled_at is null and {AnotherAdmin}",
        act,
        cancel,
        Text(name),
        Now());

    public Task<bool> EnableAsync(string name, AccessAct act, CancellationToken cancel) => ChangeAsync(
        "update operators set disabled_at = null, failures = 0, locked_until = null where name = $1 and disabled_at is not null",
        act,
        cancel,
        Text(name));

    /// <summary>Counts a wrong password; too many in a row lock the account for a while.</summary>
    public Task<bool> FailAsync(string name, int failuresMax, TimeSpan lockedFor, AccessAct act, CancellationToken cancel) => ChangeAsync(
        "update operators set failures = case when failures + 1 >= $2 then 0 else failures + 1 end, " +
        "locked_until = case when failures + 1 >= $2 then $3 else locked_until end where name = $1",
        act,
        cancel,
        Text(name),
        new NpgsqlParameter<int> { TypedValue = failuresMax },
        new NpgsqlParameter<DateTime> { TypedValue = (clock.GetUtcNow() + lockedFor).UtcDateTime });

    /// <summary>
    /// Somebody whom an OpenID Connect provider vouches for, with the role that it tells. False: the name is somebody else's.
    /// </summary>
    public Task<bool> VouchAsync(string issuer, string subject, string name, string role, AccessAct act, CancellationToken cancel) =>
        ChangeAsync(
            "insert into operators (name, role, issuer, subject, created_at) values ($3, $4, $1, $2, $5) " +
            "on conflict (name) do update set role = excluded.role where operators.issuer = $1 and operators.subject = $2",
            act,
            cancel,
            Text(issuer),
            Text(subject),
            Text(name),
            Text(role),
            Now());

    // Whoever else could still let people in. The accounts are locked first: two admins who disable each other do so one after the other.
    private const string AnotherAdmin =
        "(role <> 'admin' or exists (select from operators o where o.name <> $1 and o.role = 'admin' and o.disabled_at is null))";

    private async Task<bool> ChangeAsync(string sql, AccessAct act, CancellationToken cancel, params NpgsqlParameter[] parameters)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using (var turn = new NpgsqlCommand("select seq from operator_acts_head for update", connection))
        {
            await turn.ExecuteNonQueryAsync(cancel);
        }

        await using var change = new NpgsqlCommand(sql, connection);
        change.Parameters.AddRange(parameters);
        if (await change.ExecuteNonQueryAsync(cancel) != 1)
        {
            return false;
        }

        await AccessTrail.WriteAsync(connection, act, clock.GetUtcNow(), cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }

    private async Task<IReadOnlyList<OperatorAccount>> SelectAsync(
        string rest, CancellationToken cancel, params NpgsqlParameter[] parameters)
    {
        await using var command = database.CreateCommand($"select {Columns} from operators {rest}");
        command.Parameters.AddRange(parameters);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var accounts = new List<OperatorAccount>();
        while (await reader.ReadAsync(cancel))
        {
            accounts.Add(new OperatorAccount(
                reader.GetString(0),
                reader.GetString(1),
                reader.IsDBNull(2) ? null : reader.GetString(2),
                reader.GetBoolean(3),
                reader.IsDBNull(4) ? null : reader.GetString(4),
                Time(reader, 5),
                Time(reader, 6),
                new DateTimeOffset(reader.GetDateTime(7)),
                Time(reader, 8)));
        }

        return accounts;
    }

    private static DateTimeOffset? Time(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : new DateTimeOffset(reader.GetDateTime(column));

    private static NpgsqlParameter<string> Text(string value) => new() { TypedValue = value };

    private NpgsqlParameter<DateTime> Now() => new() { TypedValue = clock.GetUtcNow().UtcDateTime };
}
