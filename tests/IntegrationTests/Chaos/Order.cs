using System.Text.Json;
using IntegrationTests.WholeSystem;
using Payments.CardProcessor.Books;

namespace IntegrationTests.Chaos;

/// <summary>One thing that a caller wants, drawn whole before anything goes wrong.</summary>
/// <param name="Refund">What is to go back once it is paid; <see cref="Nothing"/>, or <see cref="All"/>, or minor units.</param>
/// <param name="Twice">It is asked for twice at once, and again when it has ended, always under the same key.</param>
/// <param name="ThinkTime">Before it is asked for.</param>
internal sealed record Order(string Target, string Body, string Currency, string Key, long Refund, bool Twice, TimeSpan ThinkTime)
{
    public const long Nothing = 0;
    public const long All = -1;

    // More than any fee, and little enough that a wallet can pay several.
    private const int AmountMin = 100;
    private const int AmountMax = 3_000;
    private const int ThinkTimeMsMax = 150;

    private static readonly string[] Cards =
        [CardTokens.Ok, CardTokens.Ok, CardTokens.Ok, CardTokens.Ok, CardTokens.Flaky, CardTokens.Timeout, CardTokens.Declined];

    public string RefundBody => Refund == All ? "{}" : JsonSerializer.Serialize(new { amount = Refund, currency = Currency });

    public string RefundKey => $"{Key}-back";

    /// <param name="wallets">Wallets of one currency.</param>
    public static Order Draw(Random random, string currency, IReadOnlyList<Guid> wallets)
    {
        var payer = random.Next(wallets.Count);
        var (from, to) = (wallets[payer], wallets[(payer + random.Next(1, wallets.Count)) % wallets.Count]);
        var amount = random.Next(AmountMin, AmountMax);
        var token = Cards[random.Next(Cards.Length)];
        var byWallet = new { method = "wallet", payerWalletId = from, payeeWalletId = to, amount, currency };
        var byCard = new { method = "card", card = new { token }, payeeWalletId = to, amount, currency };
        var transfer = new { fromWalletId = from, toWalletId = to, amount, currency };
        var (target, body, refundable) = random.Next(10) switch
        {
            < 6 => ("/api/payments", JsonSerializer.Serialize(byWallet), true),
            < 7 => ("/api/transfers", JsonSerializer.Serialize(transfer), false),
            _ => ("/api/payments", JsonSerializer.Serialize(byCard), true),
        };
        var refund = random.Next(8) switch
        {
            0 when refundable => All,
            1 when refundable => random.Next(1, amount),
            _ => Nothing,
        };
        return new Order(
            target,
            body,
            currency,
            Api.Fresh("chaos"),
            refund,
            Twice: random.Next(5) == 0,
            TimeSpan.FromMilliseconds(random.Next(ThinkTimeMsMax)));
    }
}
