using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Payments.EventStore.Contract;
using Payments.Operations.Exports;

namespace IntegrationTests.WholeSystem;

/// <summary>The events themselves, for compliance: by payment, user and period, in parts, as JSON lines and as CSV.</summary>
[Collection(WholeSystemTests.Name)]
public sealed class AuditTrailTests(PlatformFixture fixture)
{
    [Theory]
    [InlineData("payments")]
    [InlineData("wallets")]
    [InlineData("sagas")]
    public async Task All_events_of_a_payment_are_exported_just_as_they_are_stored(string log)
    {
        var (payment, _, _) = await PayAsync();
        await using var audit = new Audit(fixture.Platform.Databases);
        var stored = await LogOf(audit, log).EventsAsync(new EventFilter { CorrelationId = payment });
        Assert.NotEmpty(stored);

        var exported = await ExportAsync(log, $"payment={payment}");

        Assert.Equal(
            stored.Select(e => (log, e.Position, e.Stream.ToString(), e.StreamVersion, e.EventId,
                e.Type, e.SchemaVersion, e.Metadata.Actor)),
            exported.Select(e => ((string)e["log"]!, (long)e["position"]!, (string)e["stream"]!, (long)e["version"]!, (Guid)e["eventId"]!,
                (string)e["type"]!, (int)e["schema"]!, (string)e["actor"]!)));
        Assert.Equal(stored.Select(e => e.RecordedAt), exported.Select(e => (DateTimeOffset)e["recordedAt"]!));
        Assert.All(stored.Zip(exported), pair =>
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(pair.First.Data.Span), pair.Second["data"]), pair.First.Type));
    }

    [Fact]
    public async Task What_concerns_a_user_is_exported_and_nothing_of_others()
    {
        var (payment, user, other) = await PayAsync();
        await PayAsync();

        Assert.Equal([payment], (await ExportAsync("payments", $"user={user}")).Select(Correlation).Distinct());
        Assert.Equal([payment], (await ExportAsync("sagas", $"user={other}")).Select(Correlation).Distinct());
        var wallets = await ExportAsync("wallets", $"user={user}");
        Assert.Equal(
            ["wallet.opened.v1", "wallet.deposited.v1", "wallet.funds-held.v1", "wallet.hold-captured.v1"],
            wallets.Select(e => (string)e["type"]!));
        Assert.Single(wallets.Select(e => (string)e["stream"]!).Distinct());
        Assert.Empty(await ExportAsync("wallets", "user=nobody-has-this-name"));
    }

    [Fact]
    public async Task A_period_is_exported_from_its_first_moment_up_to_but_without_its_last()
    {
        var (payment, _, _) = await PayAsync();
        var all = await ExportAsync("payments", $"payment={payment}");
        var (first, last) = ((DateTimeOffset)all[0]["recordedAt"]!, (DateTimeOffset)all[^1]["recordedAt"]!);

        var period = await ExportAsync(
            "payments",
            $"payment={payment}&from={Uri.EscapeDataString(first.ToString("O"))}&until={Uri.EscapeDataString(last.ToString("O"))}");

        Assert.Equal(
            all.Where(e => (DateTimeOffset)e["recordedAt"]! < last).Select(e => (long)e["position"]!),
            period.Select(e => (long)e["position"]!));
    }

    [Fact]
    public async Task An_export_that_was_broken_off_goes_on_after_the_last_event_that_arrived()
    {
        var (payment, _, _) = await PayAsync();
        var whole = await ExportAsync("sagas", $"payment={payment}");

        var parts = new List<JsonNode>();
        while (true)
        {
            var after = parts.Count == 0 ? 0 : (long)parts[^1]["position"]!;
            var part = await ExportAsync("sagas", $"payment={payment}&limit=3&after={after}");
            parts.AddRange(part);
            if (part.Count < 3)
            {
                break;
            }
        }

        Assert.True(whole.Count > 3);
        Assert.Equal(whole.Select(e => e.ToJsonString()), parts.Select(e => e.ToJsonString()));
    }

    [Fact]
    public async Task As_csv_every_line_has_the_same_columns_and_the_data_as_json()
    {
        var (payment, _, _) = await PayAsync();
        var lines = (await GetAsync("payments", $"payment={payment}&format=csv")).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var json = await ExportAsync("payments", $"payment={payment}");

        Assert.Equal("log,position,recordedAt,stream,version,eventId,type,schema,correlationId,causationId,actor,data", lines[0]);
        Assert.Equal(json.Count, lines.Length - 1);
        Assert.All(lines.Skip(1).Zip(json), pair =>
        {
            var data = pair.First[(pair.First.IndexOf(",\"{", StringComparison.Ordinal) + 2)..^1]
                .Replace("\"\"", "\"", StringComparison.Ordinal);
            Assert.True(JsonNode.DeepEquals(pair.Second["data"], JsonNode.Parse(data)));
            Assert.StartsWith(
                string.Create(CultureInfo.InvariantCulture, $"payments,{pair.Second["position"]},"),
                pair.First,
                StringComparison.Ordinal);
        });
    }

    [Theory]
    [InlineData("payment=1", "payment")]
    [InlineData("from=yesterday", "from")]
    [InlineData("from=2026-02-01T00:00:00Z&until=2026-01-01T00:00:00Z", "from")]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=100001", "limit")]
    [InlineData("after=-1", "after")]
    [InlineData("format=xml", "format")]
    [InlineData("user=", "user")]
    [InlineData("users=alice", "users")]
    [InlineData("payment=%00", "payment")]
    public async Task What_makes_no_sense_is_refused_by_the_name_of_the_field(string query, string field)
    {
        using var answer = await fixture.Api.Http.GetAsync(
            $"/api/admin/payments/audit/events?{query}", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var problem = JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        Assert.Equal([field], problem["errors"]!.AsObject().Select(e => e.Key));
    }

    private static Guid Correlation(JsonNode e) => (Guid)e["correlationId"]!;

    private static Audit.Log LogOf(Audit audit, string log) =>
        log switch { "payments" => audit.Payments, "wallets" => audit.Wallets, _ => audit.Sagas };

    private async Task<(Guid Payment, string Payer, string Payee)> PayAsync()
    {
        var (alice, bob) = (Api.Fresh("alice"), Api.Fresh("bob"));
        var (payer, payee) = (await fixture.Api.OpenWalletAsync(alice), await fixture.Api.OpenWalletAsync(bob));
        using var deposit = await fixture.Api.PostAsync(
            $"/api/wallets/{payer}/deposits", """{"amount":100,"currency":"EUR"}""", Api.Fresh("key"));
        var payment = await fixture.Api.PayAsync(payer, payee, 100);
        Assert.Equal("completed", (await fixture.Api.EndOfAsync(payment)).Status);
        return (payment, alice, bob);
    }

    private async Task<IReadOnlyList<JsonNode>> ExportAsync(string log, string query) =>
        [.. (await GetAsync(log, query)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];

    private async Task<string> GetAsync(string log, string query)
    {
        using var answer = await fixture.Api.Http.GetAsync($"/api/admin/{log}/audit/events?{query}", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.True(long.Parse(answer.Headers.GetValues(EventExportEndpoint.LogEndHeader).Single(), CultureInfo.InvariantCulture) > 0);
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }
}
