using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Payments.EventStore.Aggregates;
using Payments.EventStore.Partitions;
using Payments.EventStore.Postgres;
using Payments.EventStore.Sealing.Archives;
using Payments.Hosting;
using Payments.PaymentService.Payments;
using Payments.SagaService.Sagas;
using Payments.Standalone;
using Payments.WalletService.Wallets;

namespace Payments.Tools.Archives;

/// <summary>The log of one service with what it takes to archive a month of it.</summary>
internal sealed class ServiceLog
{
    private const int StreamsAtOnce = 500;

    private readonly string _name;
    private readonly NpgsqlDataSource _database;
    private readonly Func<Month, CancellationToken, Task<long>> _takeSnapshots;

    private ServiceLog(
        string name, NpgsqlDataSource database, MonthArchive months, Func<Month, CancellationToken, Task<long>> takeSnapshots)
    {
        _name = name;
        _database = database;
        Months = months;
        _takeSnapshots = takeSnapshots;
    }

    public MonthArchive Months { get; }

    public static ServiceLog Of(string name, NpgsqlDataSource database) => name switch
    {
        "payments" => Of(name, database, PaymentAggregate.Definition),
        "wallets" => Of(name, database, WalletAggregate.Definition),
        "sagas" => Of(name, database, SagaAggregate.Definition),
        _ => throw new CannotStartException($"'{name}' is no log of a service: name payments, wallets or sagas with --log."),
    };

    /// <summary>Makes sure that every stream of the month can be folded without it, then moves it into a file.</summary>
    public async Task<ArchiveResult> ArchiveAsync(Month month, string folder, CancellationToken cancel)
    {
        var taken = await _takeSnapshots(month, cancel);
        if (taken > 0)
            System.Console.Error.WriteLine(
                $"{_name}: took {taken:N0} snapshots first, so that the states of {month} need not be folded again.");
        return await Months.ArchiveAsync(month, folder, cancel);
    }

    private static ServiceLog Of<TState, TEvent>(string name, NpgsqlDataSource database, AggregateDefinition<TState, TEvent> definition)
        where TState : class
    {
        var months = new MonthArchive(
            name,
            database,
            definition.Snapshots!.Schema,
            KeptAnswer.OfArchived,
            cancel => LogReaders.AllAsync(database, cancel),
            TimeProvider.System,
            NullLogger<MonthArchive>.Instance);
        return new ServiceLog(name, database, months, TakeSnapshotsAsync);

        async Task<long> TakeSnapshotsAsync(Month month, CancellationToken cancel)
        {
            await using var store = new PostgresEventStore(name, database, TimeProvider.System, NullLogger<PostgresEventStore>.Instance);
            var aggregates = new Aggregates<TState, TEvent>(store, definition, statesMax: StreamsAtOnce);
            var taken = 0L;
            while (await months.StreamsWithoutSnapshotAsync(month, StreamsAtOnce, cancel) is { Count: > 0 } streams)
            {
                await aggregates.SnapshotAsync(streams, cancel);
                taken += streams.Count;
            }

            return taken;
        }
    }
}
