using AppHost.Redpanda;

var builder = DistributedApplication.CreateBuilder(args);

// The only truth: one event log for each service, in a database of its own.
var postgres = builder.AddPostgres("postgres")
    .WithArgs("-c", "max_connections=300")   // Each service has a pool of up to 100.
    .WithDataVolume();
var payments = postgres.AddDatabase("payments");
var wallets = postgres.AddDatabase("wallets");
var sagas = postgres.AddDatabase("sagas");
var processor = postgres.AddDatabase("processor");

// Copies on their way: what the outbox relays publish and the consumers read.
var kafka = builder.AddRedpanda("kafka").WithDataVolume();

// Copies near at hand. Nobody waits for it: without a cache everything still works.
var cache = builder.AddRedis("cache");

// Somebody else's system, which we only stand in for: it has books of its own, and HTTP is all that leads to it.
var cardProcessor = Host<Projects.Payments_CardProcessor>("card-processor")
    .WithReference(processor).WaitFor(processor);

// The services: each owns its database, and they talk over Kafka. Payments also asks the others for what it shows, and sagas
// compare their books with the wallets' and the card processor's.
var wallet = Service<Projects.Payments_WalletService>("wallet", wallets);
var saga = Service<Projects.Payments_SagaService>("saga", sagas)
    .WithReference(wallet)
    .WithReference(cardProcessor);
var payment = Service<Projects.Payments_PaymentService>("payment", payments)
    .WithReference(wallet)
    .WithReference(saga);

// The doors: the API for clients, the console for operators.
var pepper = builder.AddParameter("api-key-pepper", new GenerateParameterDefault { MinLength = 32 }, secret: true, persist: true);

var gateway = Host<Projects.Payments_Gateway>("gateway", port: 8080)
    .WithExternalHttpEndpoints()
    .WithEnvironment("ApiKeyPepper", pepper)
    .WithReference(payment).WaitFor(payment)
    .WithReference(wallet).WaitFor(wallet)
    .WithReference(saga).WaitFor(saga);

if (builder.ExecutionContext.IsRunMode)
{
    gateway.WithReference(cardProcessor);   // For the fault controls of the console, which are there in Development only.
}

// It knows nothing but the gateway's API. Run here it has the development key; published, it must be given one of its own.
var consoleKey = builder.ExecutionContext.IsRunMode
    ? builder.AddParameter("console-api-key", "dev-key", secret: true)
    : builder.AddParameter("console-api-key", secret: true);

Host<Projects.Payments_Console>("console", port: 8081)
    .WithExternalHttpEndpoints()
    .WithEnvironment("Console__ApiKey", consoleKey)
    .WithReference(gateway).WaitFor(gateway);

builder.Build().Run();

IResourceBuilder<ProjectResource> Service<TProject>([ResourceName] string name, IResourceBuilder<PostgresDatabaseResource> database)
    where TProject : IProjectMetadata, new() =>
    Host<TProject>(name)
        .WithReference(database).WaitFor(database)
        .WithReference(kafka).WaitFor(kafka)
        .WithEnvironment("Kafka__ReplicationFactor", "1")   // One Redpanda here; three copies are the default elsewhere.
        .WithEnvironment("Kafka__MinInSyncReplicas", "1")
        .WithReference(cache);

// Endpoints are given here, not in launch profiles, so that run and publish see the same ones. A fixed port is for people; published, the
// target decides.
IResourceBuilder<ProjectResource> Host<TProject>([ResourceName] string name, int? port = null)
    where TProject : IProjectMetadata, new() =>
    builder.AddProject<TProject>(name, launchProfileName: null)
        .WithEnvironment("ASPNETCORE_ENVIRONMENT", builder.Environment.EnvironmentName)
        .WithHttpEndpoint(port: builder.ExecutionContext.IsRunMode ? port : null)
        .WithHttpHealthCheck("/health");
