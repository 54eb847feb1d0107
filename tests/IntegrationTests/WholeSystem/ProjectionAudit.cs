using System.Text.Json;
using Payments.Domain.Payments;
using Payments.Domain.Sagas;
using Payments.Domain.Wallets;
using Payments.EventStore;
using Payments.Services;

namespace IntegrationTests.WholeSystem;

/// <summary>What the tables say is what the events say: each row is compared with the fold of its stream.</summary>
internal static class ProjectionAudit
{
    public static async Task AssertAsync(Audit audit)
    {
        Assert.Equal(
            await FoldsAsync<Wallet, WalletEvent>(
                audit.Wallets, "wallet", Wallet.Evolve, (w, version) => $"{w.Posted}, {w.Held} held, {w.Owner}, {version}"),
            await RowsAsync(
                audit.Wallets,
                "select wallet_id, format('%s %s, %s %s held, %s, %s', balance, currency, held, currency, user_id, version) from wallets"));
        Assert.Equal(
            await FoldsAsync<Payment, PaymentEvent>(
                audit.Payments,
                "payment",
                Payment.Evolve,
                (p, version) => $"{Word(p.Status)} {p.FailureCode}, {p.Terms.Amount}, {version}"),
            await RowsAsync(
                audit.Payments,
                "select payment_id, format('%s %s, %s %s, %s', status, failure_code, amount, currency, version) from payments"));
        Assert.Equal(
            await FoldsAsync<Saga, SagaEvent>(
                audit.Sagas,
                "saga",
                Saga.Evolve,
                (s, version) => $"{Word(s.Phase)} {s.FailureCode}, {(s.HasEnded ? "ended" : "on its way")}, {version}"),
            await RowsAsync(audit.Sagas, "select saga_id, format('%s %s, ended, %s', phase, failure_code, version) from sagas"));
        await AssertCountsAsync(audit);
    }

    // Counts are kept by every change; here everything is counted.
    private static async Task AssertCountsAsync(Audit audit)
    {
        Assert.Equal(
            await audit.Sagas.ColumnAsync<string>("select format('%s %s', phase, count(*)) from sagas group by phase order by phase"),
            await audit.Sagas.ColumnAsync<string>("select format('%s %s', phase, count) from saga_counts where count <> 0 order by phase"));
        Assert.Equal(
            await audit.Payments.ScalarAsync<string>(
                "select format('%s %s %s', count(*), sum((status = 'completed')::int), sum((status = 'failed')::int)) from payments"),
            await audit.Payments.ScalarAsync<string>("select format('%s %s %s', requested, completed, failed) from payment_totals"));
    }

    private static async Task<List<(Guid Id, string State)>> FoldsAsync<TState, TEvent>(
        Audit.Log log, string streamType, Func<TState?, TEvent, TState> evolve, Func<TState, long, string> show)
        where TState : class
        where TEvent : class
    {
        var events = await log.EventsAsync(new EventFilter { StreamType = streamType });
        return
        [
            .. from e in events
               group e by e.Stream into stream
               let state = stream.Aggregate(default(TState), (state, e) => evolve(state, StoredEvents.Decode<TEvent>(e)))!
               let id = Guid.Parse(stream.Key.Key)
               orderby id
               select (id, show(state, stream.Last().StreamVersion)),
        ];
    }

    private static async Task<List<(Guid Id, string State)>> RowsAsync(Audit.Log log, string sql) =>
        [.. (await log.RowsAsync(sql, row => (row.GetGuid(0), row.GetString(1)))).OrderBy(row => row.Item1)];

    private static string Word(object value) => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()!);
}
