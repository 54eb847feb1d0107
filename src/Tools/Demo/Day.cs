using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Payments.Tools.Demo;

/// <summary>What people do on a day: pay, by wallet or card; give each other money; bring things back; have too little with them.</summary>
internal sealed class Day(DemoClient api, Town town, DemoOptions options, Random chance, TimeProvider clock)
{
    private const int UnderWayMax = 64;
    private static readonly string[] Occasions = ["lunch", "tickets", "order", "invoice", "subscription", "gift", "rent", "repair"];

    private readonly ConcurrentQueue<(string Payment, long Amount, string Currency)> _made = new();
    private int _orders;

    public int Orders => _orders;

    /// <summary>All of it, at the rate asked for; fewer at night, more at noon.</summary>
    public async Task CheckAsync(Action<string> tell, CancellationToken cancel)
    {
        using var underWay = new SemaphoreSlim(UnderWayMax);
        var running = new List<Task>();
        var told = 0;
        for (var i = 0; i < options.Payments; i++)
        {
            await underWay.WaitAsync(cancel);
            var act = Draw();
            running.Add(Task.Run(
                async () =>
                {
                    try
                    {
                        await act();
                        Interlocked.Increment(ref _orders);
                    }
                    finally
                    {
                        underWay.Release();
                    }
                },
                cancel));
            await Task.Delay(Pause(i), clock, cancel);
            if ((i + 1) * 10 / options.Payments > told)
            {
                told = (i + 1) * 10 / options.Payments;
                tell($"  {told * 10,3} % of the day, {HourOf(i):00}:00");
            }
        }

        await Task.WhenAll(running);
    }

    /// <summary>A payment by card.</summary>
    public async Task PayByCardAsync(Purse shop, long amount, string token, string occasion, CancellationToken cancel) =>
        await RequestAsync(
            new JsonObject
            {
                ["method"] = "card",
                ["card"] = new JsonObject { ["token"] = token },
                ["payeeWalletId"] = shop.Wallet,
                ["amount"] = amount,
                ["currency"] = shop.Currency,
                ["reference"] = occasion,
            },
            cancel);

    /// <summary>A payment from one wallet to another.</summary>
    public async Task PayAsync(Purse payer, Purse payee, long amount, string occasion, CancellationToken cancel) =>
        await RequestAsync(
            new JsonObject
            {
                ["method"] = "wallet",
                ["payerWalletId"] = payer.Wallet,
                ["payeeWalletId"] = payee.Wallet,
                ["amount"] = amount,
                ["currency"] = payer.Currency,
                ["reference"] = occasion,
            },
            cancel);

    // Everything by chance is drawn here, on one thread, so that a seed draws the same again.
    private Func<Task> Draw()
    {
        var person = Any(town.People);
        var shop = Any(town.ShopsFor(person));
        var amount = Amount(person.Currency);
        var occasion = string.Create(CultureInfo.InvariantCulture, $"{Any(Occasions)} {chance.Next(100, 1_000)}");
        var friends = town.People.Where(p => p.Currency == person.Currency && p != person).ToList();
        return chance.Next(100) switch
        {
            < 58 => () => PayAsync(person, shop, amount, occasion, default),
            < 76 => () => PayByCardAsync(shop, amount, "tok_ok", occasion, default),
            < 80 => () => PayByCardAsync(shop, amount, "tok_declined", occasion, default),
            < 82 => () => PayByCardAsync(shop, amount, "tok_flaky", occasion, default),
            < 86 => () => PayAsync(person, shop, amount * 1_000, occasion, default), // Far more than there is.
            < 91 when friends.Count > 0 && Any(friends) is var friend => () => PayAsync(person, friend, amount, "thank you", default),
            < 94 => () => MoveAsync(person, "deposits", amount * 4, "top-up"),
            < 96 => () => MoveAsync(person, "withdrawals", amount, "cash machine"),
            _ => () => BringBackAsync(isWhole: amount % 2 == 0),
        };
    }

    private async Task RequestAsync(JsonObject order, CancellationToken cancel)
    {
        if (await api.PostAsync("/api/payments", order, cancel) is { } payment)
        {
            _made.Enqueue(((string)payment["paymentId"]!, (long)order["amount"]!, (string)order["currency"]!));
        }
    }

    private Task<JsonNode?> MoveAsync(Purse purse, string how, long amount, string reference) => api.PostAsync(
        $"/api/wallets/{purse.Wallet}/{how}",
        new JsonObject { ["amount"] = amount, ["currency"] = purse.Currency, ["reference"] = reference },
        default);

    // The oldest of today: it has had the time to end. What cannot be given back is refused, as in a shop.
    private async Task BringBackAsync(bool isWhole)
    {
        if (_made.TryDequeue(out var bought))
        {
            var order = isWhole
                ? new JsonObject()
                : new JsonObject { ["amount"] = Math.Max(1, bought.Amount / 3), ["currency"] = bought.Currency };
            await api.PostAsync($"/api/payments/{bought.Payment}/refunds", order, default);
        }
    }

    private long Amount(string currency)
    {
        var major = Math.Exp(chance.NextDouble() * 4.2);   // 1 to 67, most of them small.
        return currency == "JPY" ? (long)(major * 150) : (long)(major * 100);
    }

    private int HourOf(int order) => order * 24 / options.Payments;

    private TimeSpan Pause(int order)
    {
        var hour = HourOf(order);
        var busy = hour is >= 11 and <= 13 or >= 17 and <= 19 ? 0.6 : hour is < 6 or > 22 ? 1.8 : 1.0;
        return TimeSpan.FromSeconds(busy / options.RatePerSecond);
    }

    private T Any<T>(IReadOnlyList<T> of) => of[chance.Next(of.Count)];
}
