using System.Globalization;
using System.Text.Json.Nodes;

namespace Payments.Tools.Demo;

/// <summary>What goes wrong on this day, so that there is something to find and to mend. Needs a platform in Development.</summary>
internal sealed class Troubles(DemoClient api, Town town, Day day, TimeProvider clock)
{
    // A message is tried for 38 to 76 s before it is a dead letter; then the cause is gone, and a replay mends it.
    private const int FailingSeconds = 100;
    private const int Declines = 60;
    private const string CardFaults = "/api/admin/cards/faults";

    // All instances of a consumer hear of a pause within two seconds: what is paid before is still noted.
    private static readonly TimeSpan PausedWithin = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan RipenWithin = TimeSpan.FromSeconds(150);

    private Purse Unlucky => town.Shops[0];

    /// <summary>The wallet of one shop: whatever the wallet service is told about it fails, as a bug would make it.</summary>
    public async Task PlantFailureAsync(CancellationToken cancel)
    {
        await api.PutAsync(
            "/api/admin/wallets/planted-failures",
            new JsonObject { ["routingKey"] = $"wallet/{Unlucky.Wallet}", ["seconds"] = FailingSeconds },
            cancel);
        var customers = town.People.Where(p => p.Currency == Unlucky.Currency).Take(5).ToList();
        for (var i = 0; i < customers.Count; i++)
        {
            await day.PayAsync(
                customers[i], Unlucky, 1_200 + (150 * i),
                string.Create(CultureInfo.InvariantCulture, $"bread {i + 1}"), cancel);
        }
    }

    /// <summary>Somebody tries one stolen card after the other.</summary>
    public async Task StormOfDeclinesAsync(CancellationToken cancel)
    {
        var shop = town.Shops.First(s => s.Currency == "USD");
        await Town.InParallelAsync(
            [.. Enumerable.Range(1, Declines)],
            async i =>
            {
                var occasion = string.Create(CultureInfo.InvariantCulture, $"gift card {i}");
                await day.PayByCardAsync(shop, 49_900, "tok_declined", occasion, cancel);
                return i;
            });
    }

    /// <summary>The card processor is well, whatever an earlier demo left behind.</summary>
    public Task PutProcessorRightAsync(CancellationToken cancel) => api.PutAsync(CardFaults, new JsonObject(), cancel);

    /// <summary>It goes down: the breaker opens, and payments by card wait.</summary>
    public async Task TakeProcessorDownAsync(CancellationToken cancel)
    {
        await api.PutAsync(CardFaults, new JsonObject { ["down"] = true }, cancel);
        var shop = town.Shops.First(s => s.Currency == "GBP");
        for (var i = 1; i <= 6; i++)
        {
            await day.PayByCardAsync(shop, 8_000 + (i * 500), "tok_ok", string.Create(CultureInfo.InvariantCulture, $"suit {i}"), cancel);
        }
    }

    /// <summary>A read model that nobody lets go on.</summary>
    public async Task HoldUpReadModelAsync(CancellationToken cancel) => await api.PostAsync(
        "/api/admin/payments/projections/payment_minutes/pause",
        new JsonObject { ["reason"] = "demo: somebody forgot to resume it" },
        cancel);

    /// <summary>Somebody pauses the consumer that notes how payments end, and goes home: what is paid from now on stays pending.</summary>
    public async Task PauseConsumerAsync(CancellationToken cancel)
    {
        await api.PostAsync(
            "/api/admin/payments/consumers/pause",
            new JsonObject { ["reason"] = "demo: to look at something, and then forgotten" },
            cancel);
        await Task.Delay(PausedWithin, clock, cancel);
        var shop = town.Shops.First(s => s.Currency == "EUR" && s != Unlucky);
        foreach (var customer in town.People.Where(p => p.Currency == "EUR").Take(8))
        {
            await day.PayAsync(customer, shop, 990, "magazine", cancel);
        }
    }

    /// <summary>Waits until the message that fails is a dead letter.</summary>
    /// <returns>Whether it is.</returns>
    public Task<bool> UntilDeadAsync(Action<string> tell, CancellationToken cancel) => UntilAsync(
        "/api/admin/wallets/dead-letters?limit=500",
        page => page["items"]!.AsArray().Any(letter => (string?)letter!["routingKey"] == $"wallet/{Unlucky.Wallet}"),
        tell,
        cancel);

    /// <summary>Waits until the sagas whose messages wait behind it have asked in vain.</summary>
    /// <returns>Whether they have.</returns>
    public Task<bool> UntilStuckAsync(Action<string> tell, CancellationToken cancel) =>
        UntilAsync("/api/admin/sagas/overview", sagas => (long)sagas["stuck"]! > 0, tell, cancel);

    private async Task<bool> UntilAsync(string path, Predicate<JsonNode> isSo, Action<string> tell, CancellationToken cancel)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(RipenWithin);
        using var tick = new PeriodicTimer(TimeSpan.FromSeconds(1), clock);
        var begun = clock.GetTimestamp();
        try
        {
            for (var seconds = 0; await tick.WaitForNextTickAsync(deadline.Token); seconds++)
            {
                if (isSo(await api.GetAsync(path, deadline.Token)))
                {
                    return true;
                }

                if (seconds % 15 == 14)
                {
                    tell($"  not yet, after {clock.GetElapsedTime(begun).TotalSeconds:0} s");
                }
            }
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // It took longer than it should; the rest of the demo stands.
        }

        return false;
    }
}
