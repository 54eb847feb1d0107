using System.Diagnostics;
using System.Text;
using System.Text.Json;
using IntegrationTests.Standalone;
using IntegrationTests.WholeSystem;
using Payments.Contracts.Payments;
using Payments.ServiceDefaults.Callers;

namespace IntegrationTests.ByHand;

/// <summary>One payment is one trace: over HTTP, PostgreSQL and Kafka, through all services and back.</summary>
[Collection(ByHand.Name)]
public sealed class OneTraceTests(ByHandDeployment deployment)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly string[] OfWallets = ["Gateway", "PaymentService", "SagaService", "WalletService"];
    private static readonly string[] OfCards = ["CardProcessor", .. OfWallets];

    [Fact]
    public async Task A_wallet_payment_is_one_trace_through_all_services_and_back()
    {
        var (alice, bob) = (await deployment.Api.OpenWalletWithAsync(100), await deployment.Api.OpenWalletAsync());

        var (trace, caller) = await PayTracedAsync(Api.Payment(alice, bob, 100));

        await Wait.UntilAsync(() => IsWhole(deployment.Collector.OfTrace(trace), caller, OfWallets), Deadline);
        var spans = deployment.Collector.OfTrace(trace);
        Assert.Equal(
            [
                ("PaymentService", "payment.requested.v1", "SagaService"),
                ("SagaService", "command.wallet.hold-funds.v1", "WalletService"),
                ("WalletService", "wallet.funds-held.v1", "SagaService"),
                ("SagaService", "command.wallet.credit-funds.v1", "WalletService"),
                ("WalletService", "wallet.funds-credited.v1", "SagaService"),
                ("SagaService", "command.wallet.capture-hold.v1", "WalletService"),
                ("WalletService", "wallet.hold-captured.v1", "SagaService"),
                ("SagaService", "command.payment.complete.v1", "PaymentService"),
            ],
            Hops(spans));
        Assert.Equal(OfWallets, spans.Select(Service).Distinct().Order());
        Assert.Equal(
            ["PaymentService", "SagaService", "WalletService"],
            spans.Where(s => s.Source == "Npgsql").Select(Service).Distinct().Order());

        // Background work makes no traces of its own, but for the few connections that it opens and what it copies in.
        Assert.Empty(deployment.Collector.All
            .Where(s => s.Source == "Npgsql" && s.Parent.Length == 0 && s.Name != "COPY"
                && !s.Name.StartsWith("CONNECT ", StringComparison.Ordinal))
            .Select(s => s.Name));
        Assert.Equal("Gateway", Service(Assert.Single(spans, s => s.Parent == caller)));
        Assert.Contains(spans, s => Service(s) == "Gateway" && s.Name == "POST /api/payments/{**rest}");
    }

    [Fact]
    public async Task A_card_payment_is_one_trace_with_the_calls_of_the_card_processor()
    {
        var bob = await deployment.Api.OpenWalletAsync();

        var (trace, caller) = await PayTracedAsync(
            new { method = "card", card = new { token = "tok_ok" }, payeeWalletId = bob, amount = 100, currency = "EUR" });

        await Wait.UntilAsync(() => IsWhole(deployment.Collector.OfTrace(trace), caller, OfCards), Deadline);
        var spans = deployment.Collector.OfTrace(trace);
        Assert.Equal(OfCards, spans.Select(Service).Distinct().Order());
        Assert.Equal(
            ["card authorise", "card capture"],
            spans.Where(s => s.Name.StartsWith("card ", StringComparison.Ordinal)).Select(s => s.Name));
    }

    // The caller's own span is not collected: it is what the tree hangs on.
    private async Task<(string Trace, string Caller)> PayTracedAsync(object payment)
    {
        var (trace, span) = (ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom());
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/payments")
        {
            Content = new StringContent(JsonSerializer.Serialize(payment), Encoding.UTF8, "application/json"),
            Headers = { { PlatformHeaders.IdempotencyKey, Api.Fresh("key") }, { "traceparent", $"00-{trace}-{span}-01" } },
        };

        // The client of the tests must not put a span of its own between.
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, ActivityHeadersPropagator = null })
        {
            BaseAddress = deployment.Api.Http.BaseAddress,
        };
        http.DefaultRequestHeaders.Add(PlatformHeaders.ApiKey, deployment.Api.Http.DefaultRequestHeaders.GetValues(PlatformHeaders.ApiKey));
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
        var accepted = JsonSerializer.Deserialize<AcceptedPayment>(
            await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), JsonSerializerOptions.Web)!;
        Assert.Equal("completed", (await deployment.Api.EndOfAsync(accepted.PaymentId)).Status);
        return (trace.ToString(), span.ToString());
    }

    /// <summary>
    /// The last hop is there, and every span hangs on another one or on the caller: none is lost in between. Each service sends its spans
    /// when it likes, and what hangs below a span of another one may come last.
    /// </summary>
    private static bool IsWhole(IReadOnlyList<CollectedSpan> spans, string caller, string[] services)
    {
        var known = spans.Select(s => s.Id).Append(caller).ToHashSet();
        return spans.Any(s => s.Name == "process command.payment.complete.v1")
            && spans.All(s => known.Contains(s.Parent))
            && services.All(name => spans.Any(s => Service(s) == name));
    }

    /// <summary>Who sent what to whom over Kafka, in order of arrival.</summary>
    private static IEnumerable<(string From, string Type, string To)> Hops(IReadOnlyList<CollectedSpan> spans) =>
        from handled in spans
        where handled.Name.StartsWith("process ", StringComparison.Ordinal)
        let sent = spans.Single(s => s.Id == handled.Parent)
        where sent.Name.StartsWith("send ", StringComparison.Ordinal)
        select (Service(sent), sent.Name["send ".Length..], Service(handled));

    private static string Service(CollectedSpan span) => span.Service["Payments.".Length..];
}
