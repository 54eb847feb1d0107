using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using IntegrationTests.Messaging;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Payments.EventStore.Contract;
using Payments.Messaging.Topics;
using Payments.Operations.EventResend;
using Payments.SagaService;
using Payments.ServiceDefaults.Callers;

namespace IntegrationTests.EventReplays;

/// <summary>The saga service on a database and a broker of its own, with as many events in its log as a test wants.</summary>
internal sealed class ReplayStage : IAsyncDisposable
{
    public const string Type = "saga.completed.v1";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly TestBroker _broker;
    private readonly string _connection;
    private WebApplication? _host;
    private HttpClient? _http;

    private ReplayStage(string connection, TestBroker broker) => (_connection, _broker) = (connection, broker);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Every message of the topic, in the order of each partition, as an outsider reads it.</summary>
    public MemberOfGroup Reader { get; private set; } = null!;

    public static async Task<ReplayStage> SetAsync(PostgresFixture postgres)
    {
        var stage = new ReplayStage(await postgres.CreateDatabaseAsync(), await TestBroker.StartAsync());
        await stage.StartServiceAsync();
        stage.Reader = new MemberOfGroup(stage._broker.Clients, "outsider", PlatformTopics.SagaEvents);
        return stage;
    }

    public async Task StartServiceAsync()
    {
        _host = SagaHost.Build(
        [
            "--environment=Development",
            "--urls=http://127.0.0.1:0",
            "--Logging:Console:LogLevel:Default=None",
            .. _broker.Settings.Select(setting => $"--{setting}"),
            $"--ConnectionStrings:sagas={_connection}",
        ]);
        await _host.StartAsync(Cancel);
        _http = new HttpClient
        {
            BaseAddress = new Uri(_host.Urls.Single()),
            DefaultRequestHeaders = { { PlatformHeaders.OperatorRole, OperatorRoles.Operator } },
        };
    }

    public async Task StopServiceAsync()
    {
        _http?.Dispose();
        if (_host is { } host)
        {
            _host = null;
            await host.StopAsync(CancellationToken.None);
            await host.DisposeAsync();
        }
    }

    /// <summary>Events of as many sagas by turns, each with a routing key and a correlation of its own.</summary>
    public async Task AppendAsync(int count, int sagas, string type = Type)
    {
        var store = _host!.Services.GetRequiredService<IEventStore>();
        foreach (var number in Enumerable.Range(0, count))
        {
            var saga = Saga(number % sagas);
            var e = new NewEvent(
                Guid.CreateVersion7(), type, 1, "{}"u8.ToArray(), new(saga, null, "test", null, RoutingKey.ForSaga(saga)));
            var unit = new AppendUnit { Streams = [new(new StreamId("test", saga.ToString()), ExpectedVersion.Any, [e])] };
            Assert.IsType<AppendResult.Appended>(await store.AppendAsync(unit, Cancel));
        }
    }

    public static Guid Saga(int number) => Guid.Parse($"0198c0de-0000-7000-8000-{number:x12}");

    public Task<HttpResponseMessage> PostAsync(string target, object body, string key)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/api/admin/sagas/event-replays{target}")
        {
            Content = new StringContent(JsonSerializer.Serialize(body, Json), Encoding.UTF8, "application/json"),
            Headers = { { PlatformHeaders.IdempotencyKey, key }, { "X-Operator", "olga" } },
        };
        return _http!.SendAsync(request, Cancel);
    }

    public async Task<T> PostAsync<T>(string target, object body)
    {
        using var response = await PostAsync(target, body, $"key-{Guid.NewGuid():N}");
        var text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonSerializer.Deserialize<T>(text, Json)!;
    }

    public async Task<ReplayDetail> DetailAsync(Guid id) =>
        (await _http!.GetFromJsonAsync<ReplayDetail>($"/api/admin/sagas/event-replays/{id}", Json, Cancel))!;

    public async Task<ReplayList> ListAsync() =>
        (await _http!.GetFromJsonAsync<ReplayList>("/api/admin/sagas/event-replays", Json, Cancel))!;

    /// <summary>The replay once it is as it should be.</summary>
    public async Task<ReplayDetail> UntilAsync(Guid id, Func<Resend, bool> condition)
    {
        var waiting = Stopwatch.StartNew();
        while (true)
        {
            var detail = await DetailAsync(id);
            if (condition(detail.Replay))
            {
                return detail;
            }

            Assert.True(waiting.Elapsed < Deadline, $"{detail.Replay} within {Deadline.TotalSeconds} s.");
            await Task.Delay(50, Cancel);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Reader?.Dispose();
        await StopServiceAsync();
        _broker.Dispose();
    }
}
