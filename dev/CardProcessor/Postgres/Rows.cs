using Npgsql;
using Payments.CardProcessor.Books;

namespace Payments.CardProcessor.Postgres;

/// <summary>How the books' rows are read.</summary>
internal static class Rows
{
    public const string OfOperation = "key, kind, status, code, authorisation_id, amount, currency, at, sequence, original_key";

    public const string OfAuthorisation = "authorisation_id, key, token, currency, amount, captured, refunded, voided, reference";

    public static Operation Operation(NpgsqlDataReader row) => new(
        row.GetString(0),
        Kind(row.GetString(1)),
        Enum.Parse<OperationStatus>(row.GetString(2), ignoreCase: true),
        TextOrNull(row, 3),
        row.IsDBNull(4) ? null : row.GetGuid(4),
        row.GetInt64(5),
        TextOrNull(row, 6),
        new DateTimeOffset(row.GetDateTime(7)),
        row.GetInt64(8),
        TextOrNull(row, 9));

    public static Authorisation Authorisation(NpgsqlDataReader row) => new(
        row.GetGuid(0),
        row.GetString(1),
        row.GetString(2),
        row.GetString(3),
        row.GetInt64(4),
        row.GetInt64(5),
        row.GetInt64(6),
        row.GetBoolean(7),
        TextOrNull(row, 8));

    public static OperationKind Kind(string word) => Enum.Parse<OperationKind>(word, ignoreCase: true);

    public static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static string? TextOrNull(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
