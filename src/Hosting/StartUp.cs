using System.Reflection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Payments.EventStore.Postgres;
using Payments.EventStore.Postgres.Schema;
using Payments.Messaging.Topics;

namespace Payments.Hosting;

/// <summary>
/// Before anything else runs: the database has its schema and the broker its topics. Waits for a database that is still starting, and for
/// a table that somebody keeps. Indexes that this version is only faster with are built while it serves.
/// </summary>
internal sealed partial class StartUp(
    string component,
    Assembly sqlFiles,
    IEnumerable<SchemaComponent> shared,
    LogDatabase database,
    TopicCreator topics,
    TimeProvider clock,
    ILogger<StartUp> log)
    : BackgroundService
{
    private const int AttemptsMax = 60;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BuildAgainAfter = TimeSpan.FromMinutes(1);

    private readonly (string Component, Assembly Files)[] _components =
    [
        ("messaging", typeof(TopicCreator).Assembly),
        .. shared.Select(part => (part.Name, part.Files)),
        (component, sqlFiles),
    ];

    private NpgsqlDataSource Database => database.RequireDirect("The schema's lock");

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await SchemaMigrator.MigrateAsync(Database, clock, cancellationToken, _components);
                break;
            }
            catch (Exception notYet) when (notYet is NpgsqlException { IsTransient: true } or SchemaBusyException && attempt < AttemptsMax)
            {
                LogWaiting(log, component, notYet.Message);
                await Task.Delay(RetryAfter, clock, cancellationToken);
            }
        }

        await topics.CreateMissingAsync(PlatformTopics.All);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                foreach (var file in await SchemaMigrator.BuildIndexesAsync(Database, clock, stoppingToken, _components))
                {
                    LogBuilt(log, component, file);
                }

                return;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return; // What is built of an index is dropped, and built again, by the next start.
            }
            catch (Exception failure) when (failure is NpgsqlException or IOException or TimeoutException)
            {
                LogNotBuilt(log, component, failure);
                await Task.Delay(BuildAgainAfter, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    [LoggerMessage(EventId = 190, Level = LogLevel.Warning, Message = "Waiting for database {Database}: {Reason}")]
    private static partial void LogWaiting(ILogger log, string database, string reason);

    [LoggerMessage(EventId = 191, Level = LogLevel.Information, Message = "Database {Database}: index of {File} built")]
    private static partial void LogBuilt(ILogger log, string database, string file);

    [LoggerMessage(EventId = 192, Level = LogLevel.Error,
        Message = "Database {Database}: an index could not be built; queries that need it are slow; trying again in a minute")]
    private static partial void LogNotBuilt(ILogger log, string database, Exception failure);
}
