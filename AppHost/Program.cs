#pragma warning disable ASPIREPROBES001 // Probes are for evaluation.

using AppHost.Deploying;
using AppHost.Local;
using AppHost.Monitoring;
using AppHost.Operating;
using AppHost.Redpanda;

var builder = DistributedApplication.CreateBuilder(args);
var deployment = Deployment.Of(builder);
var local = await LocalMode.OfAsync(builder);

// The only truth: one event log for each service, in a database of its own. The gateway has one for operators' accounts, which nobody else
// reads.
var localPostgres = local.IsOn ? builder.AddLocalPostgres("postgres", local.DataFolder).WithVerifyCommand() : null;
var postgres = deployment.IsManaged || local.IsOn
    ? null
    : builder.AddPostgres("postgres")
        .WithArgs("-c", "max_connections=500")   // 40 an instance of a service, two pools where a pooler stands before.
        .WithDataVolume()
        .WithRepl()
        .WithVerifyCommand();
var payments = Database("payments");
var wallets = Database("wallets");
var sagas = Database("sagas");
var processor = Database("processor");
var operators = Database("operators");

// Copies on their way: what the outbox relays publish and the consumers read.
IResourceBuilder<IResourceWithConnectionString> kafka = deployment.IsManaged
    ? builder.AddConnectionString("kafka")
    : local.IsOn ? builder.AddLocalBroker("kafka")
    : builder.AddRedpanda("kafka").WithDataVolume().WithConsole();

// Copies near at hand. Nobody waits for it: without a cache everything still works.
IResourceBuilder<IResourceWithConnectionString> cache = deployment.IsManaged
    ? builder.AddConnectionString("cache")
    : local.IsOn ? builder.AddLocalRedis("cache", local.DataFolder)
    : builder.AddRedis("cache").WithRepl();

// Somebody else's system, which we only stand in for: it has books of its own, and HTTP is all that leads to it.
var cardProcessor = Host<Projects.Payments_CardProcessor>("card-processor")
    .WithReference(processor).WaitFor(processor);

// The services: each owns its database, and they talk over Kafka. Payments also asks the others for what it shows, and sagas
// compare their books with the wallets' and the card processor's.
var wallet = Service<Projects.Payments_WalletService>("wallet", wallets);
var saga = Service<Projects.Payments_SagaService>("saga", sagas)
    .WithReference(wallet)
    .WithReference(cardProcessor);
wallet.WithReference(saga);   // For incident capsules: a command that fails there belongs to a saga.
var payment = Service<Projects.Payments_PaymentService>("payment", payments)
    .WithReference(wallet)
    .WithReference(saga);
saga.WithReference(payment);   // An edit of a message that came in pieces is held against the log of its sender.

// The doors: the API for clients, the console for operators.
var pepper = builder.AddParameter("api-key-pepper", new GenerateParameterDefault { MinLength = 32 }, secret: true, persist: true);
var firstAdminPassword = builder.AddParameter(
    "first-admin-password", new GenerateParameterDefault { MinLength = 20 }, secret: true, persist: true);

// The console's key for the gateway. Run here it is the development key; published, it must be given one of its own.
var consoleKey = builder.ExecutionContext.IsRunMode
    ? builder.AddParameter("console-api-key", "dev-key", secret: true)
    : builder.AddParameter("console-api-key", secret: true);

var gateway = Host<Projects.Payments_Gateway>("gateway", port: 8080)
    .WithExternalHttpEndpoint()
    .WithEnvironment("ApiKeyPepper", pepper)
    .WithEnvironment("Operators__FirstAdminPassword", firstAdminPassword)
    .WithReference(operators).WaitFor(operators)
    .WithReference(payment).WaitFor(payment)
    .WithReference(wallet).WaitFor(wallet)
    .WithReference(saga).WaitFor(saga)
    .WithDemoCommand(consoleKey)
    .WithConsumerCommands(consoleKey, "payments", "wallets", "sagas")
    .WithFailureCommand(consoleKey)
    .WithRebuildCommands(consoleKey, ("payments", "payments"), ("payments", "payment_minutes"), ("wallets", "wallets"), ("sagas", "sagas"))
    .WithUrls(context => context.AddPath("/docs", "API"));

if (builder.ExecutionContext.IsRunMode)
{
    gateway.WithReference(cardProcessor);   // For the fault controls of the console, which are there in Development only.
}

// It knows nothing but the gateway's API.
var console = Host<Projects.Payments_Console>("console", port: 8081)
    .WithExternalHttpEndpoint()
    .WithEnvironment("Console__ApiKey", consoleKey)
    .WithReference(gateway).WaitFor(gateway)
    .WithSignInCommand(firstAdminPassword);

// What alerts, and what it looks like. In a cluster its own Prometheus scrapes the metrics ports: docs/observability.md.
if (deployment.WithMonitoring)
{
    builder.AddMonitoring(local, cardProcessor, wallet, saga, payment, gateway, console);
}

builder.Build().Run();

IResourceBuilder<IResourceWithConnectionString> Database([ResourceName] string name) =>
    localPostgres is not null ? localPostgres.AddDatabase(name)
    : postgres is not null ? postgres.AddDatabase(name)
    : builder.AddConnectionString(name);

IResourceBuilder<ProjectResource> Service<TProject>([ResourceName] string name, IResourceBuilder<IResourceWithConnectionString> database)
    where TProject : IProjectMetadata, new()
{
    var service = Host<TProject>(name)
        .WithReplicas(deployment.Replicas)
        .WithReference(database).WaitFor(database)
        .WithReference(kafka).WaitFor(kafka)
        .WithReference(cache);

    if (local.IsOn)
    {
        return service.WithEnvironment("Kafka__Embedded", "true");
    }

    // One Redpanda here; three copies, two of them in step, are the default for a real cluster.
    return deployment.IsManaged
        ? service
        : service.WithEnvironment("Kafka__ReplicationFactor", "1").WithEnvironment("Kafka__MinInSyncReplicas", "1");
}

// Endpoints are given here, not in launch profiles, so that run and publish see the same ones. A fixed port is for people; published, the
// target decides.
IResourceBuilder<ProjectResource> Host<TProject>([ResourceName] string name, int? port = null)
    where TProject : IProjectMetadata, new() =>
    builder.AddProject<TProject>(name, launchProfileName: null)
        .WithEnvironment("ASPNETCORE_ENVIRONMENT", builder.Environment.EnvironmentName)
        .WithHttpEndpoint(port: builder.ExecutionContext.IsRunMode ? port : null)
        .WithMetrics()
        .WithHttpProbe(ProbeType.Readiness, "/health", endpointName: "http")
        .WithHttpProbe(ProbeType.Liveness, "/alive", endpointName: "http");
