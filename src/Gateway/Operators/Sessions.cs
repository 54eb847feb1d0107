using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Npgsql;
using Payments.Contracts.Operators;

namespace Payments.Gateway.Operators;

/// <summary>
/// Who has signed in. A session is a random token, of which only the hash is kept; it ends with its time, idle, or signed out.
/// </summary>
internal sealed class Sessions(NpgsqlDataSource database, OperatorOptions options, TimeProvider clock)
{
    /// <summary>So that a token is recognised where it leaks, and told from others.</summary>
    public const string Prefix = "ops_";

    private const int TokenBytes = 32;
    private const int TokenLengthMax = 128;

    // Its last use is written down now and then: a busy console would write a row for each question.
    private static readonly TimeSpan NotedEvery = TimeSpan.FromMinutes(1);

    /// <summary>Begins a session, and forgets those that have ended.</summary>
    /// <returns>The token, which exists nowhere else.</returns>
    public async Task<SignInAnswer> BeginAsync(OperatorAccount account, string how, CancellationToken cancel)
    {
        var token = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenBytes));
        var now = clock.GetUtcNow();
        var expires = now.AddHours(options.SessionHours);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using (var command = new NpgsqlCommand(
            "with ended as (delete from operator_sessions where expires_at <= $3), " +
            "seen as (update operators set signed_in_at = $3, failures = 0, locked_until = null where name = $2) " +
            "insert into operator_sessions (token_hash, operator, created_at, used_at, expires_at) values ($1, $2, $3, $3, $4)",
            connection))
        {
            command.Parameters.AddWithValue(HashOf(token));
            command.Parameters.AddWithValue(account.Name);
            command.Parameters.AddWithValue(now.UtcDateTime);
            command.Parameters.AddWithValue(expires.UtcDateTime);
            await command.ExecuteNonQueryAsync(cancel);
        }

        var act = AccessAct.OfAccount(account.Name, "signed-in", how, account.Name, after: new JsonObject { ["role"] = account.Role });
        await AccessTrail.WriteAsync(connection, act, now, cancel);
        await transaction.CommitAsync(cancel);
        return new SignInAnswer(token, account.Name, account.Role, account.MustChange, expires);
    }

    /// <summary>Whose token it is; null when it is nobody's, or its session has ended.</summary>
    public async Task<SignedInOperator?> FindAsync(string token, CancellationToken cancel)
    {
        if (token.Length > TokenLengthMax || !token.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        var now = clock.GetUtcNow();
        await using var command = database.CreateCommand(
            "with noted as (update operator_sessions set used_at = $2 " +
            "where token_hash = $1 and used_at < $4 and used_at > $3 and expires_at > $2) " +
            "select o.name, o.role, o.must_change, s.expires_at from operator_sessions s join operators o on o.name = s.operator " +
            "where s.token_hash = $1 and s.expires_at > $2 and s.used_at > $3 and o.disabled_at is null");
        command.Parameters.AddWithValue(HashOf(token));
        command.Parameters.AddWithValue(now.UtcDateTime);
        command.Parameters.AddWithValue(now.AddMinutes(-options.IdleMinutes).UtcDateTime);
        command.Parameters.AddWithValue((now - NotedEvery).UtcDateTime);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel)
            ? new SignedInOperator(
                reader.GetString(0), reader.GetString(1), reader.GetBoolean(2), new DateTimeOffset(reader.GetDateTime(3)))
            : null;
    }

    /// <summary>Ends a session; one that has ended stays so.</summary>
    public async Task EndAsync(string token, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("delete from operator_sessions where token_hash = $1");
        command.Parameters.AddWithValue(HashOf(token));
        await command.ExecuteNonQueryAsync(cancel);
    }

    public static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
