using Npgsql;

namespace Payments.EventStore.Postgres.Schema;

/// <summary>The table <c>schema_files</c>: which files a database has, each with its checksum.</summary>
internal static class SchemaHistory
{
    public const string Create =
        "create table if not exists schema_files (component text, name text, checksum text not null, " +
        "applied_at timestamptz not null default now(), primary key (component, name))";

    /// <summary>Those of the given files that the database does not have yet.</summary>
    /// <exception cref="InvalidOperationException">A file that was applied before has been changed since.</exception>
    public static async Task<List<SchemaFile>> MissingAsync(
        NpgsqlConnection connection, IReadOnlyList<SchemaFile> files, CancellationToken cancel)
    {
        var applied = new Dictionary<(string Component, string Name), string>();
        await using (var command = new NpgsqlCommand("select component, name, checksum from schema_files", connection))
        await using (var reader = await command.ExecuteReaderAsync(cancel))
        {
            while (await reader.ReadAsync(cancel))
            {
                applied[(reader.GetString(0), reader.GetString(1))] = reader.GetString(2);
            }
        }

        var missing = new List<SchemaFile>();
        foreach (var file in files)
        {
            if (!applied.TryGetValue((file.Component, file.Name), out var checksum))
            {
                missing.Add(file);
            }
            else if (checksum != file.Checksum)
            {
                throw new InvalidOperationException($"{file} was changed after it had been applied.");
            }
        }

        return missing;
    }

    public static async Task NoteAsync(NpgsqlConnection connection, SchemaFile file, CancellationToken cancel)
    {
        await using var note = new NpgsqlCommand("insert into schema_files (component, name, checksum) values ($1, $2, $3)", connection);
        note.Parameters.AddWithValue(file.Component);
        note.Parameters.AddWithValue(file.Name);
        note.Parameters.AddWithValue(file.Checksum);
        await note.ExecuteNonQueryAsync(cancel);
    }
}
