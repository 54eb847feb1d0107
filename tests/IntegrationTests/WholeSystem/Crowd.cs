using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Payments.Contracts.Payments;

namespace IntegrationTests.WholeSystem;

/// <summary>Many callers that pay among a few wallets. Each repeats its call until it is answered, then waits for the end.</summary>
internal sealed class Crowd(Api api)
{
    private const long MoneyEach = 10_000;
    private const long AmountMax = 3_000;
    private const int Callers = 100;

    /// <summary>Longer than a start takes: a caller gives up only when nobody is there any more.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(50);

    private int _ended;

    private sealed record Order(Guid Payer, Guid Payee, long Amount, string Key);

    /// <summary>Payments that have ended so far.</summary>
    public int Ended => Volatile.Read(ref _ended);

    public static long MoneyOf(int wallets) => wallets * MoneyEach;

    public async Task<IReadOnlyList<PaymentView>> PayAsync(int payments, int walletCount, Random random)
    {
        var wallets = await Task.WhenAll(Enumerable.Range(0, walletCount).Select(_ => api.OpenWalletWithAsync(MoneyEach)));
        var orders = Enumerable.Range(0, payments).Select(_ => NewOrder(wallets, random)).ToList();
        var ends = new PaymentView[payments];
        await Parallel.ForEachAsync(
            orders.Index(),
            new ParallelOptions { MaxDegreeOfParallelism = Callers, CancellationToken = TestContext.Current.CancellationToken },
            async (order, _) =>
            {
                ends[order.Index] = await PayAsync(order.Item);
                Interlocked.Increment(ref _ended);
            });
        return ends;
    }

    private static Order NewOrder(Guid[] wallets, Random random)
    {
        var payer = random.Next(wallets.Length);
        var payee = (payer + random.Next(1, wallets.Length)) % wallets.Length;
        return new Order(wallets[payer], wallets[payee], random.NextInt64(1, AmountMax), Api.Fresh("crowd"));
    }

    private async Task<PaymentView> PayAsync(Order order)
    {
        var body = JsonSerializer.Serialize(Api.Payment(order.Payer, order.Payee, order.Amount));
        var accepted = await UntilAnsweredAsync<AcceptedPayment>(
            () => api.PostAsync("/api/payments", body, order.Key), HttpStatusCode.Accepted, _ => true);
        return await UntilAnsweredAsync<PaymentView>(
            () => api.Http.GetAsync($"/api/payments/{accepted.PaymentId}?wait=5s", TestContext.Current.CancellationToken),
            HttpStatusCode.OK,
            payment => payment.Status != "pending");
    }

    /// <summary>Repeats a call while nobody is there to answer it; any other answer than the one that is expected is a mistake.</summary>
    internal static async Task<T> UntilAnsweredAsync<T>(
        Func<Task<HttpResponseMessage>> call, HttpStatusCode expected, Func<T, bool> isEnough)
    {
        var trying = Stopwatch.StartNew();
        var last = "";
        while (trying.Elapsed < Patience)
        {
            try
            {
                using var response = await call();
                last = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
                if (response.StatusCode == expected)
                {
                    var answer = JsonSerializer.Deserialize<T>(last, JsonSerializerOptions.Web)!;
                    if (isEnough(answer))
                    {
                        return answer;
                    }
                }
                else
                {
                    Assert.True((int)response.StatusCode is >= 502 and <= 504, $"{(int)response.StatusCode} {last}");
                }
            }
            catch (HttpRequestException trouble)
            {
                last = trouble.Message;
            }

            await Task.Delay(BetweenTries, TestContext.Current.CancellationToken);
        }

        throw new TimeoutException($"No answer within {Patience.TotalSeconds} s; the last was: {last}");
    }
}
