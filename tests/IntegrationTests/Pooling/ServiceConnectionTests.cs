using System.Net;
using System.Net.Http.Json;
using IntegrationTests.Messaging;
using IntegrationTests.Replicas;
using IntegrationTests.Standalone;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Payments.EventStore.Contract;
using Payments.EventStore.Postgres;
using Payments.WalletService;

namespace IntegrationTests.Pooling;

/// <summary>A whole service on other connection strings than one plain server's.</summary>
public sealed class ServiceConnectionTests(PgBouncer bouncer, StreamingPair pair)
    : IClassFixture<PgBouncer>, IClassFixture<StreamingPair>, IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly BrokerFixture _broker = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _broker.Dispose();

    [Fact]
    public async Task A_service_works_through_PgBouncer_and_its_relay_goes_the_direct_way()
    {
        await using var service = Build(bouncer.ConnectionStrings.Pooled, bouncer.ConnectionStrings.Direct);
        await OpenWalletAsync(service);

        await Wait.UntilAsync(
            () => bouncer.Database.QueryAsync<long>("select position from relay_checkpoint").GetAwaiter().GetResult() is [1], Deadline);
        var log = service.Services.GetRequiredService<LogDatabase>();
        Assert.Equal(PortOf(bouncer.ConnectionStrings.Pooled), PortOf(log.Primary.ConnectionString));
        Assert.Equal(PortOf(bouncer.ConnectionStrings.Direct), PortOf(log.Direct!.ConnectionString));
        await service.StopAsync(Cancel);
    }

    [Fact]
    public async Task A_service_that_knows_only_the_way_through_a_pooler_does_not_start()
    {
        await using var service = Build(bouncer.ConnectionStrings.Pooled + ";No Reset On Close=true", direct: null);

        var refused = Assert.Throws<InvalidOperationException>(() => service.Services.GetServices<IHostedService>().ToList());

        Assert.StartsWith("The relay's lock needs a session of its own", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_works_with_one_connection_string_of_a_standby_and_its_primary()
    {
        await using var service = Build(pair.ConnectionString, direct: null);
        var wallet = await OpenWalletAsync(service);

        await using var command = service.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand("select pg_is_in_recovery()");
        Assert.Equal(false, await command.ExecuteScalarAsync(Cancel));
        var last = await service.Services.GetRequiredService<IEventStore>().LastPositionAsync(Cancel);
        var events = await service.Services.GetRequiredService<ReplicaReads>().ReadAllAsync(last, 0, 10, EventFilter.None, Cancel);
        Assert.Equal([$"wallet/{wallet}"], events.Select(e => e.Stream.ToString()));
        Assert.Equal(HttpStatusCode.OK, (await ClientOf(service).GetAsync(new Uri("/health", UriKind.Relative), Cancel)).StatusCode);
        await service.StopAsync(Cancel);
    }

    private WebApplication Build(string connection, string? direct) => WalletHost.Build(
    [
        "--urls", "http://127.0.0.1:0",
        "--Logging:LogLevel:Default", "None",
        "--Logging:LogLevel:Microsoft.AspNetCore", "None",
        "--ConnectionStrings:kafka", _broker.Broker.BootstrapServers,
        "--Kafka:Embedded", "true",
        "--ConnectionStrings:wallets", connection,
        .. direct is null ? Array.Empty<string>() : ["--ConnectionStrings:wallets-direct", direct],
    ]);

    private static async Task<Guid> OpenWalletAsync(WebApplication service)
    {
        await service.StartAsync(Cancel);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/wallets");
        request.Content = JsonContent.Create(new { userId = "alice", currency = "EUR" });
        request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
        using var answer = await ClientOf(service).SendAsync(request, Cancel);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<Opened>(Cancel))!.WalletId;
    }

    private static int PortOf(string connection) => new NpgsqlConnectionStringBuilder(connection).Port;

    private static HttpClient ClientOf(WebApplication service) => new() { BaseAddress = new Uri(service.Urls.Single()) };

    private sealed record Opened(Guid WalletId);
}
