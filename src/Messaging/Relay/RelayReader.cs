using Npgsql;
using Payments.EventStore.Partitions;

namespace Payments.Messaging.Relay;

/// <summary>The relay as one of those who read the log: how far it has come for good. For the archiving of months.</summary>
public static class RelayReader
{
    public static async Task<LogReader> ReadAsync(NpgsqlDataSource database, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return new LogReader("relay", (await new RelayLedgerStore(connection).ReadAsync(cancel)).NeverAgainUpTo());
    }

    /// <summary>Up to this position nothing is ever sent again, whatever the broker loses.</summary>
    /// <remarks>
    /// What is published on a partition but not acknowledged by all of its readers may have to be sent again, and everything after it.
    /// </remarks>
    public static long NeverAgainUpTo(this RelayLedger ledger)
    {
        var least = ledger.Checkpoint;
        foreach (var (partition, published) in ledger.Published)
        {
            if (ledger.AcknowledgedByAll(partition) is { } acknowledged && acknowledged < published.Position)
            {
                least = Math.Min(least, acknowledged);
            }
        }

        return least;
    }
}
