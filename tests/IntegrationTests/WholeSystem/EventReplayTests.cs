using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Payments.EventStore.Contract;
using Payments.Messaging.Topics;
using Payments.Operations.EventResend;

namespace IntegrationTests.WholeSystem;

/// <summary>A payment's messages are sent again through the gateway: its consumers are past them, and nothing happens twice.</summary>
[Collection(WholeSystemTests.Name)]
public sealed class EventReplayTests(PlatformFixture fixture)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly Api _api = fixture.Api;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Consumers_that_are_past_a_replay_skip_it_as_the_preview_says()
    {
        var (alice, bob) = (await _api.OpenWalletWithAsync(500), await _api.OpenWalletAsync());
        var payment = await _api.PayAsync(alice, bob, 200);
        Assert.Equal("completed", (await _api.EndOfAsync(payment)).Status);
        await using var audit = new Audit(fixture.Platform.Databases);
        var ofPayment = new EventFilter { CorrelationId = payment };
        var body = new { filter = new { correlationId = payment }, reason = "Asked for by a test." };

        foreach (var (service, log, reader) in new[]
        {
            ("wallets", audit.Wallets, ConsumerNames.Saga), ("payments", audit.Payments, ConsumerNames.Saga),
        })
        {
            var sent = (await log.EventsAsync(ofPayment)).Count(e => e.Metadata.RoutingKey is not null);
            var preview = await UntilAllPastAsync(service, body);
            Assert.Equal(sent, preview.Messages);
            Assert.Equal([new PreviewedConsumer(reader, sent, sent, 0)], preview.Consumers);

            var started = await PostAsync<ReplayAnswer>($"/api/admin/{service}/event-replays", body, HttpStatusCode.Created);
            var detail = await UntilCompletedAsync(service, started.Id);
            Assert.Equal(sent, detail.Replay.Sent);
        }

        // One more payment of the same users comes behind the replays on their partitions: when it has ended, they have been read.
        Assert.Equal("completed", (await _api.EndOfAsync(await _api.PayAsync(alice, bob, 100))).Status);
        Assert.Equal((200L, 300L), ((await _api.WalletAsync(alice)).Balance, (await _api.WalletAsync(bob)).Balance));
        Assert.Equal(0, await audit.Sagas.ScalarAsync<long>("select count(*) from dead_letters"));
    }

    private async Task<ReplayPreview> UntilAllPastAsync(string service, object body)
    {
        var deadline = DateTimeOffset.UtcNow + Deadline;
        while (true)
        {
            var preview = await PostAsync<ReplayPreview>($"/api/admin/{service}/event-replays/preview", body, HttpStatusCode.OK);
            if (preview.Consumers.All(c => c.NotYetThere == 0) || DateTimeOffset.UtcNow > deadline)
            {
                return preview;
            }

            await Task.Delay(50, Cancel);
        }
    }

    private async Task<ReplayDetail> UntilCompletedAsync(string service, Guid id)
    {
        var deadline = DateTimeOffset.UtcNow + Deadline;
        while (true)
        {
            var detail = (await _api.Http.GetFromJsonAsync<ReplayDetail>($"/api/admin/{service}/event-replays/{id}", Json, Cancel))!;
            if (detail.Replay.Status == "completed")
            {
                return detail;
            }

            Assert.True(DateTimeOffset.UtcNow < deadline, $"{detail.Replay}");
            await Task.Delay(50, Cancel);
        }
    }

    private async Task<T> PostAsync<T>(string target, object body, HttpStatusCode expected)
    {
        using var response = await _api.PostAsync(target, JsonSerializer.Serialize(body, Json), Api.Fresh("replay"));
        var text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.True(response.StatusCode == expected, text);
        return JsonSerializer.Deserialize<T>(text, Json)!;
    }
}
