using System.Globalization;
using System.Text.Json.Nodes;

namespace Payments.Tools.Demo;

/// <summary>A wallet of somebody in the town.</summary>
internal sealed record Purse(string Owner, string Wallet, string Currency);

/// <summary>People with a purse each, and shops where they pay, in several currencies.</summary>
internal sealed record Town(IReadOnlyList<Purse> People, IReadOnlyList<Purse> Shops)
{
    private const int SideBySide = 8;

    private static readonly string[] Names =
    [
        "ada", "alan", "barbara", "bjarne", "carol", "claude", "dennis", "donald", "edsger", "elena", "fatima", "frances", "grace", "guido",
        "hedy", "ivan", "jean", "joan", "katherine", "ken", "leslie", "linus", "margaret", "mary", "niklaus", "noor", "olga", "pavel",
        "radia", "rosa", "sofia", "tim", "tony", "ursula", "vera", "wei", "xavier", "yuki", "zoe",
    ];

    private static readonly (string Name, string Currency)[] ShopNames =
    [
        ("bakery", "EUR"), ("bookshop", "EUR"), ("cinema", "EUR"), ("pharmacy", "EUR"), ("railway", "EUR"), ("grocer", "EUR"),
        ("airline", "USD"), ("hotel", "USD"), ("tailor", "GBP"), ("tea-house", "GBP"), ("ramen-bar", "JPY"), ("toy-store", "JPY"),
    ];

    private static readonly (string Currency, int Share, long Deposit)[] Purses =
        [("EUR", 60, 150_000), ("USD", 20, 180_000), ("GBP", 12, 120_000), ("JPY", 8, 200_000)];

    /// <summary>Whom somebody with that purse may pay.</summary>
    public IReadOnlyList<Purse> ShopsFor(Purse purse) => [.. Shops.Where(shop => shop.Currency == purse.Currency)];

    /// <summary>Opens the wallets and puts money into those of the people.</summary>
    public static async Task<Town> BuildAsync(DemoClient api, Random chance, CancellationToken cancel)
    {
        var suffix = chance.Next(1_000, 10_000).ToString(CultureInfo.InvariantCulture);
        var people = Names
            .Select(name => (Owner: $"{name}.{suffix}", Purse: Pick(chance), Factor: 0.2 + (chance.NextDouble() * 2)))
            .ToList();
        var opened = await InParallelAsync(
            people,
            async person =>
            {
                var purse = await OpenAsync(api, person.Owner, person.Purse.Currency, cancel);
                var amount = (long)(person.Purse.Deposit * person.Factor);
                await api.PostAsync(
                    $"/api/wallets/{purse.Wallet}/deposits",
                    new JsonObject { ["amount"] = amount, ["currency"] = purse.Currency, ["reference"] = "salary" },
                    cancel);
                return purse;
            });
        var shops = await InParallelAsync([.. ShopNames], shop => OpenAsync(api, $"{shop.Name}.{suffix}", shop.Currency, cancel));
        return new Town(opened, shops);
    }

    /// <summary>Does something for each, a few at a time.</summary>
    public static async Task<IReadOnlyList<TOut>> InParallelAsync<TIn, TOut>(IReadOnlyList<TIn> all, Func<TIn, Task<TOut>> act)
    {
        var done = new TOut[all.Count];
        await Parallel.ForAsync(
            0, all.Count, new ParallelOptions { MaxDegreeOfParallelism = SideBySide }, async (i, _) => done[i] = await act(all[i]));
        return done;
    }

    private static async Task<Purse> OpenAsync(DemoClient api, string owner, string currency, CancellationToken cancel)
    {
        var wallet = await api.PostAsync("/api/wallets", new JsonObject { ["userId"] = owner, ["currency"] = currency }, cancel);
        return new Purse(
            owner, (string?)wallet?["walletId"] ?? throw new DemoException($"No wallet could be opened for {owner}."), currency);
    }

    private static (string Currency, int Share, long Deposit) Pick(Random chance)
    {
        var at = chance.Next(100);
        return Purses.First(purse => (at -= purse.Share) < 0);
    }
}
