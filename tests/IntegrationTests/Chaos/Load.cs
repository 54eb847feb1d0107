using System.Collections.Concurrent;
using System.Net;
using IntegrationTests.WholeSystem;
using Payments.Contracts.Payments;

namespace IntegrationTests.Chaos;

/// <summary>
/// Callers who pay in two currencies, by wallet, transfer and card, and want some of it back, until they are told that it is enough. Each
/// repeats its call under the same key until it is answered, then waits for the end.
/// </summary>
internal sealed class Load
{
    private const int Callers = 24;
    private const int WalletsOfCurrency = 12;
    private const long MoneyEach = 10_000;

    /// <summary>Far more than any test waits for: the load ends also when nobody ends it.</summary>
    private const int OrdersMax = 10_000;

    private static readonly string[] Currencies = ["EUR", "USD"];

    private readonly Api _api;
    private readonly IReadOnlyDictionary<string, Guid[]> _wallets;
    private readonly ConcurrentDictionary<Guid, string> _payments = new();
    private readonly ConcurrentDictionary<Guid, string> _refunds = new();
    private readonly Dictionary<string, long> _paidIn = Currencies.ToDictionary(c => c, _ => WalletsOfCurrency * MoneyEach);
    private IReadOnlyList<Order> _orders = [];
    private int _next;
    private int _ended;
    private volatile bool _enough;

    private Load(Api api, IReadOnlyDictionary<string, Guid[]> wallets)
    {
        _api = api;
        _wallets = wallets;
    }

    /// <summary>Payments that have ended so far, each with what was wanted back of it.</summary>
    public int Ended => Volatile.Read(ref _ended);

    /// <summary>Every payment that was ever accepted, with its last status.</summary>
    public IReadOnlyDictionary<Guid, string> Payments => _payments;

    /// <summary>Every refund that was ever accepted, with its last status.</summary>
    public IReadOnlyDictionary<Guid, string> Refunds => _refunds;

    /// <summary>All that was paid in, in minor units, by currency.</summary>
    public IReadOnlyDictionary<string, long> Money => _paidIn;

    /// <summary>Opens the wallets, with money in them.</summary>
    public static async Task<Load> PrepareAsync(Api api)
    {
        var wallets = new Dictionary<string, Guid[]>();
        foreach (var currency in Currencies)
        {
            wallets[currency] = await Task.WhenAll(
                Enumerable.Range(0, WalletsOfCurrency).Select(_ => api.OpenWalletWithAsync(MoneyEach, currency)));
        }

        return new Load(api, wallets);
    }

    /// <summary>Starts the callers. What they want is drawn whole before.</summary>
    /// <returns>Ends when everything that was begun has ended.</returns>
    public Task RunAsync(Random random)
    {
        _orders = [.. Enumerable.Range(0, OrdersMax).Select(_ =>
        {
            var currency = Currencies[random.Next(Currencies.Length)];
            return Order.Draw(random, currency, _wallets[currency]);
        })];
        _next = -1;
        _enough = false;
        return Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(CallAsync)));
    }

    /// <summary>A payment that somebody else has requested and seen to its end, to be counted with the others.</summary>
    public void Note(PaymentView payment) => _payments[payment.PaymentId] = payment.Status;

    /// <summary>Somebody else has deposited.</summary>
    public void PaidIn(string currency, long minor) => _paidIn[currency] += minor;

    /// <summary>The callers end what they have begun.</summary>
    public void Enough() => _enough = true;

    private async Task CallAsync()
    {
        while (!_enough && Interlocked.Increment(ref _next) is var index && index < _orders.Count)
        {
            var order = _orders[index];
            await Task.Delay(order.ThinkTime, TestContext.Current.CancellationToken);
            try
            {
                await CallAsync(order);
            }
            catch
            {
                _enough = true; // One that fails is enough to know.
                throw;
            }

            Interlocked.Increment(ref _ended);
        }
    }

    private async Task CallAsync(Order order)
    {
        var ids = await Task.WhenAll(Enumerable.Range(0, order.Twice ? 2 : 1).Select(_ => RequestAsync(order)));
        var id = Assert.Single(ids.Distinct());
        var end = await EndAsync<PaymentView>($"/api/payments/{id}", payment => payment.Status != "pending");
        _payments[id] = end.Status;
        if (order.Refund != Order.Nothing && end.Status == "completed")
        {
            await RefundAsync(order, id);
        }

        if (order.Twice)
        {
            Assert.Equal(id, await RequestAsync(order));
        }
    }

    private async Task<Guid> RequestAsync(Order order)
    {
        var id = (await AcceptedAsync<AcceptedPayment>(order.Target, order.Body, order.Key)).PaymentId;
        _payments.TryAdd(id, "pending");
        return id;
    }

    private async Task RefundAsync(Order order, Guid payment)
    {
        var refund = await AcceptedAsync<AcceptedRefund>($"/api/payments/{payment}/refunds", order.RefundBody, order.RefundKey);
        _refunds[refund.RefundId] = refund.Status;
        var end = await EndAsync<RefundView>($"/api/payments/{payment}/refunds/{refund.RefundId}", view => view.Status != "pending");
        _refunds[refund.RefundId] = end.Status;
    }

    private Task<T> AcceptedAsync<T>(string target, string body, string key) =>
        Crowd.UntilAnsweredAsync<T>(() => _api.PostAsync(target, body, key), HttpStatusCode.Accepted, _ => true);

    private Task<T> EndAsync<T>(string target, Func<T, bool> hasEnded) => Crowd.UntilAnsweredAsync(
        () => _api.Http.GetAsync($"{target}?wait=2s", TestContext.Current.CancellationToken), HttpStatusCode.OK, hasEnded);
}
