using System.Reflection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Payments.EventStore.Postgres;
using Payments.Messaging;

namespace Payments.Services;

/// <summary>
/// Before anything else runs: the database has its schema and the broker its topics. Waits for a database that is still starting.
/// </summary>
internal sealed partial class StartUp(
    string component, Assembly sqlFiles, NpgsqlDataSource database, TopicCreator topics, TimeProvider clock, ILogger<StartUp> log)
    : IHostedService
{
    private const int AttemptsMax = 60;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await SchemaMigrator.MigrateAsync(
                    database,
                    clock,
                    cancellationToken,
                    ("messaging", typeof(TopicCreator).Assembly),
                    ("services", typeof(StartUp).Assembly),
                    (component, sqlFiles));
                break;
            }
            catch (NpgsqlException notYet) when (notYet.IsTransient && attempt < AttemptsMax)
            {
                LogWaiting(log, component, notYet.Message);
                await Task.Delay(RetryAfter, clock, cancellationToken);
            }
        }

        await topics.CreateMissingAsync(Topics.All);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(EventId = 4006, Level = LogLevel.Warning, Message = "Waiting for database {Database}: {Reason}")]
    private static partial void LogWaiting(ILogger log, string database, string reason);
}
