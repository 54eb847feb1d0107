using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Payments.Operations.EventResend;

namespace IntegrationTests.EventReplays;

/// <summary>Events are sent once more from the log to their topic, because an operator asks for it.</summary>
public sealed class EventReplayTests(PostgresFixture postgres) : IAsyncLifetime
{
    private ReplayStage _stage = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _stage = await ReplayStage.SetAsync(postgres);

    public ValueTask DisposeAsync() => _stage.DisposeAsync();

    [Fact]
    public async Task What_a_preview_counts_is_what_is_sent_again_with_the_headers_of_the_first_time_and_the_mark_of_a_replay()
    {
        await _stage.AppendAsync(40, sagas: 4);
        await _stage.AppendAsync(8, sagas: 4, "saga.failed.v1");
        var first = _stage.Reader.Take(48);
        var filter = new { types = new[] { ReplayStage.Type }, fromPosition = 5 };
        var body = new { filter, to = new { consumer = "saga-service" }, reason = "A test." };

        var preview = await _stage.PostAsync<ReplayPreview>("/preview", body);
        var started = await _stage.PostAsync<ReplayAnswer>("", body);
        var again = _stage.Reader.Take(36);

        Assert.Equal((36, true, 0.36), (preview.Messages, preview.IsComplete, preview.Seconds));
        var type = Assert.Single(preview.Types);
        Assert.Equal(("events.sagas.v1", ReplayStage.Type, 36L), (type.Topic, type.Type, type.Messages));
        Assert.Equal(["events.sagas.v1"], type.WrittenTo);
        Assert.Empty(preview.Consumers); // Nobody of ours reads that topic.
        Assert.Equal(Enumerable.Range(5, 10).Select(p => (long)p), preview.Samples.Select(s => s.Position));
        Assert.Equal(
            first.Where(m => m.Headers.Type == ReplayStage.Type && m.Headers.Position >= 5)
                .Select(m => m.Headers with { Previous = m.Headers.Position - 1, Replay = started.Id, ReplayFor = "saga-service" })
                .OrderBy(h => h.Position),
            again.Select(m => m.Headers).OrderBy(h => h.Position));
        Assert.All(again.GroupBy(m => m.Partition), partition => Assert.Equal(
            partition.Select(m => m.Headers.Position).Order(), partition.Select(m => m.Headers.Position)));
        var detail = await _stage.UntilAsync(started.Id, replay => replay.Status == "completed");
        Assert.Equal((36L, 48L, 100), (detail.Replay.Sent, detail.Replay.Position, detail.Percent));
    }

    [Fact]
    public async Task A_range_of_positions_knows_what_lies_before_each_message_and_a_stream_and_a_correlation_are_sent_alone()
    {
        await _stage.AppendAsync(30, sagas: 3);
        var first = _stage.Reader.Take(30).ToDictionary(m => m.Headers.Position, m => m.Headers);

        await _stage.PostAsync<ReplayAnswer>("", new { filter = new { fromPosition = 11, toPosition = 30 }, reason = "A range." });
        var range = _stage.Reader.Take(20);
        foreach (var partition in range.GroupBy(m => m.Partition))
        {
            Assert.Equal(partition.First().Headers.Position - 1, partition.First().Headers.Previous);
            Assert.All(partition.Skip(1), m => Assert.Equal(first[m.Headers.Position].Previous, m.Headers.Previous));
        }

        await _stage.PostAsync<ReplayAnswer>("", new { filter = new { streamId = $"test/{ReplayStage.Saga(1)}" }, reason = "A stream." });
        Assert.Equal([2, 5, 8, 11, 14, 17, 20, 23, 26, 29], _stage.Reader.Take(10).Select(m => m.Headers.Position));
        await _stage.PostAsync<ReplayAnswer>(
            "", new { filter = new { correlationId = ReplayStage.Saga(2), toPosition = 10 }, reason = "A correlation." });
        Assert.Equal([3, 6, 9], _stage.Reader.Take(3).Select(m => m.Headers.Position));
    }

    [Fact]
    public async Task It_keeps_to_its_rate_and_can_be_paused_resumed_and_cancelled_and_says_who_did_it_and_why()
    {
        await _stage.AppendAsync(100, sagas: 4);
        var (id, _) = await _stage.PostAsync<ReplayAnswer>(
            "", new { filter = new { fromPosition = 1 }, ratePerSecond = 20, reason = "Slowly." });

        var moving = await _stage.UntilAsync(id, replay => replay.Sent >= 20);
        Assert.True(
            moving.Replay.MovedAt - moving.Replay.StartedAt >= TimeSpan.FromSeconds(0.7), $"{moving.Replay.Sent} messages at once.");
        Assert.Equal("paused", (await _stage.PostAsync<ReplayAnswer>($"/{id}/pause", new { reason = "Wait a moment." })).Status);
        var paused = await _stage.DetailAsync(id);
        await Assert.ThrowsAnyAsync<Exception>(() => _stage.PostAsync<ReplayAnswer>($"/{id}/pause", new { reason = "Once more." }));
        Assert.Equal("running", (await _stage.PostAsync<ReplayAnswer>($"/{id}/resume", new { reason = "Go on." })).Status);
        var resumed = await _stage.UntilAsync(id, replay => replay.Position > paused.Replay.Position);
        Assert.True(resumed.Replay.Position < 100);
        Assert.Equal("cancelled", (await _stage.PostAsync<ReplayAnswer>($"/{id}/cancel", new { reason = "Enough of it." })).Status);

        var end = await _stage.DetailAsync(id);
        Assert.Equal("cancelled", end.Replay.Status);
        Assert.NotNull(end.Replay.EndedAt);
        Assert.Equal(
            [("start", "Slowly."), ("pause", "Wait a moment."), ("resume", "Go on."), ("cancel", "Enough of it.")],
            end.Acts.Select(a => (a.Act, a.Reason)));
        Assert.All(end.Acts, a => Assert.Equal("internal/olga", a.By));
        using var late = await _stage.PostAsync($"/{id}/resume", new { reason = "Too late." }, "too-late");
        Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
        Assert.Equal([id], (await _stage.ListAsync()).Items.Select(r => r.Id));
    }

    [Fact]
    public async Task A_service_that_stops_half_way_leaves_the_rest_to_the_next_and_nothing_is_left_out()
    {
        await _stage.AppendAsync(300, sagas: 8);
        _stage.Reader.Take(300);
        var (id, _) = await _stage.PostAsync<ReplayAnswer>(
            "", new { filter = new { fromPosition = 1 }, ratePerSecond = 100, reason = "A long one." });
        foreach (var enough in new[] { 60, 120, 180 })
        {
            await _stage.UntilAsync(id, replay => replay.Sent >= enough);
            await _stage.StopServiceAsync();
            await _stage.StartServiceAsync();
        }

        var end = await _stage.UntilAsync(id, replay => replay.Status == "completed");
        Assert.Equal(300, end.Replay.Position);
        var again = new HashSet<long>();
        while (again.Count < 300)
        {
            again.UnionWith(_stage.Reader.Take(1).Where(m => m.Headers.Replay == id).Select(m => m.Headers.Position));
        }

        Assert.Equal(Enumerable.Range(1, 300).Select(p => (long)p), again.Order());
    }

    [Fact]
    public async Task The_same_request_again_starts_nothing_new_and_has_the_same_answer()
    {
        await _stage.AppendAsync(3, sagas: 1);
        var body = new { filter = new { fromPosition = 1 }, reason = "Only once." };

        using var first = await _stage.PostAsync("", body, "the-key");
        using var second = await _stage.PostAsync("", body, "the-key");

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created), (first.StatusCode, second.StatusCode));
        Assert.Equal(await first.Content.ReadAsStringAsync(Cancel), await second.Content.ReadAsStringAsync(Cancel));
        Assert.Equal(first.Headers.Location, second.Headers.Location);
        Assert.Single((await _stage.ListAsync()).Items);
    }

    [Theory]
    [InlineData("""{"filter":{},"reason":"Why not."}""", "filter")]
    [InlineData("""{"reason":"Why not."}""", "filter")]
    [InlineData("""{"filter":{"streamId":"wallet"},"reason":"Why not."}""", "filter.streamId")]
    [InlineData("""{"filter":{"types":[]},"reason":"Why not."}""", "filter.types")]
    [InlineData("""{"filter":{"fromPosition":0},"reason":"Why not."}""", "filter.fromPosition")]
    [InlineData("""{"filter":{"fromPosition":5,"toPosition":4},"reason":"Why not."}""", "filter.toPosition")]
    [InlineData("""{"filter":{"fromPosition":5},"to":{"consumer":"nobody"},"reason":"Why not."}""", "to.consumer")]
    [InlineData("""{"filter":{"fromPosition":5},"ratePerSecond":0,"reason":"Why not."}""", "ratePerSecond")]
    [InlineData("""{"filter":{"fromPosition":5},"reason":" x "}""", "reason")]
    [InlineData("""{"filter":{"fromPosition":5}}""", "reason")]
    public async Task What_makes_no_sense_is_refused_by_the_name_of_its_field(string body, string field)
    {
        using var response = await _stage.PostAsync("", JsonNode.Parse(body)!, "some-key");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = await response.Content.ReadFromJsonAsync<JsonObject>(Cancel);
        Assert.Equal([field], problem!["errors"]!.AsObject().Select(e => e.Key));
    }
}
