using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace AppHost.Local;

/// <summary>A PostgreSQL of the machine's own programs, run by <c>Payments.Tools postgres</c>, which also makes its databases.</summary>
internal sealed class LocalPostgresResource(string name, string command, string folder, string dataFolder)
    : ExecutableResource(name, command, folder), IResourceWithConnectionString
{
    internal const string EndpointName = "tcp";
    internal const string User = "payments";

    public EndpointReference Endpoint => new(this, EndpointName);

    public FilePassword Password => new(this);

    public List<LocalDatabaseResource> Databases { get; } = [];

    public string DataFolder => dataFolder;

    public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create(
        $"Host={Endpoint.Property(EndpointProperty.IPV4Host)};Port={Endpoint.Property(EndpointProperty.Port)};"
        + $"Username={User};Password={Password};SSL Mode=Disable;GSS Encryption Mode=Disable");

    // Made with the cluster, so it is known only when the server runs; whoever needs it waits for that.
    internal sealed class FilePassword(LocalPostgresResource postgres) : IValueProvider, IManifestExpressionProvider
    {
        public string ValueExpression => $"{{{postgres.Name}.password}}";

        public async ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default)
        {
            var file = Path.Combine(postgres.DataFolder, "postgres.password");
            return File.Exists(file) ? await File.ReadAllTextAsync(file, cancellationToken) : null;
        }
    }
}

/// <summary>One of its databases.</summary>
internal sealed class LocalDatabaseResource(string name, LocalPostgresResource server)
    : Resource(name), IResourceWithParent<LocalPostgresResource>, IResourceWithConnectionString
{
    public LocalPostgresResource Parent => server;

    public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create($"{Parent};Database={Name}");
}

internal static class LocalPostgresBuilderExtensions
{
    public static IResourceBuilder<LocalPostgresResource> AddLocalPostgres(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, string dataFolder)
    {
        var postgres = new LocalPostgresResource(name, LocalTools.Command, builder.AppHostDirectory, dataFolder);
        var check = $"{name}_check";
        builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
            check, _ => new AnswersCheck(postgres), failureStatus: HealthStatus.Unhealthy, tags: null));
        return builder.AddResource(postgres)
            .WithIconName("Database")
            .WithEndpoint(name: LocalPostgresResource.EndpointName, scheme: "tcp")
            .WithArgs(context =>
            {
                context.Args.Add(LocalTools.Program);
                context.Args.Add("postgres");
                context.Args.Add("--data");
                context.Args.Add(dataFolder);
                context.Args.Add("--port");
                context.Args.Add(postgres.Endpoint.Property(EndpointProperty.TargetPort));
                foreach (var database in postgres.Databases)
                {
                    context.Args.Add("--database");
                    context.Args.Add(database.Name);
                }
            })
            .WithHealthCheck(check)
            .OnResourceReady(async (server, ready, cancel) =>
            {
                // Aspire hands the state of a container on to its children, but not that of an executable.
                var notifications = ready.Services.GetRequiredService<ResourceNotificationService>();
                foreach (var database in server.Databases)
                {
                    await notifications.PublishUpdateAsync(database, state => state with { State = KnownResourceStates.Running });
                }
            });
    }

    public static IResourceBuilder<LocalDatabaseResource> AddDatabase(
        this IResourceBuilder<LocalPostgresResource> postgres, [ResourceName] string name)
    {
        var database = new LocalDatabaseResource(name, postgres.Resource);
        postgres.Resource.Databases.Add(database);
        return postgres.ApplicationBuilder.AddResource(database)
            .WithIconName("Database")
            .WithInitialState(new CustomResourceSnapshot
            {
                ResourceType = "Database",
                State = KnownResourceStates.Waiting,
                Properties = [],
            });
    }

    // Every database is there, too: they are made right after the start.
    private sealed class AnswersCheck(LocalPostgresResource postgres) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                var address = await postgres.ConnectionStringExpression.GetValueAsync(cancellationToken);
                await using var connection = new NpgsqlConnection($"{address};Database=postgres;Pooling=false;Timeout=2");
                await connection.OpenAsync(cancellationToken);
                await using var count = new NpgsqlCommand("select count(*) from pg_database where datname = any($1)", connection);
                count.Parameters.AddWithValue(postgres.Databases.Select(database => database.Name).ToArray());
                return await count.ExecuteScalarAsync(cancellationToken) is long n && n == postgres.Databases.Count
                    ? HealthCheckResult.Healthy()
                    : HealthCheckResult.Unhealthy("Its databases are not made yet.");
            }
            catch (Exception notYet) when (notYet is NpgsqlException or ArgumentException or InvalidOperationException or IOException)
            {
                return HealthCheckResult.Unhealthy($"It does not answer: {notYet.Message}");
            }
        }
    }
}
