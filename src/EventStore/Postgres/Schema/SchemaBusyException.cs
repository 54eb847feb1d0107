namespace Payments.EventStore.Postgres.Schema;

/// <summary>
/// A file needs a table's lock for a moment, and somebody has kept the table for longer than the migration tries: a long transaction, a
/// backup, a query of somebody's. Nothing of the file was applied; it can be tried again.
/// </summary>
public sealed class SchemaBusyException(string file, Exception inner) : Exception(
    $"{file} could not be applied: a transaction that stays open holds a table that it changes. To find it: " +
    "select pid, application_name, xact_start, query from pg_stat_activity where xact_start < now() - interval '10 s'",
    inner);
