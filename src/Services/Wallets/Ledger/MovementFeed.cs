using Npgsql;
using Payments.Domain;
using Payments.Domain.Wallets;
using Payments.EventStore.Contract;
using Payments.Hosting;
using Payments.WalletService.Wallets;

namespace Payments.WalletService.Ledger;

/// <summary>What a wallet did for an operation.</summary>
/// <param name="Act"><c>credit</c>, <c>capture</c> or <c>reversal</c>.</param>
/// <param name="Other">The wallet on the other side; null: outside.</param>
public sealed record OperationMovement(
    long Position, Guid EventId, Guid WalletId, long Version, string Act, Guid Operation, long Amount, string Currency, Guid? Other);

/// <param name="ReadTo">All movements up to this position of the log are in this page or those before.</param>
public sealed record MovementPage(IReadOnlyList<OperationMovement> Items, long ReadTo);

/// <summary>What is in suspense in one currency. Minor units; negative: credited, and not captured yet.</summary>
/// <param name="Total">By the account.</param>
/// <param name="Asked">By the ledger, of the operations that were asked about.</param>
public sealed record SuspenseView(string Currency, decimal Total, decimal Asked);

/// <summary>What other services compare their books with. Not routed by the gateway.</summary>
internal static class MovementFeed
{
    private const int PageMax = 5_000;

    private static readonly EventFilter Moving = new()
    {
        Types = ["wallet.funds-credited.v1", "wallet.hold-captured.v1", "wallet.credit-reversed.v1"],
    };

    // One statement, one moment.
    private const string SuspenseSql =
        """
        with asked as (
            select currency, -sum(amount) as net from ledger_entries
            where movement_id = any ($1) and counter_account = 'suspense' group by currency)
        select coalesce(a.currency, n.currency), coalesce(a.balance, 0), coalesce(n.net, 0)
        from (select currency, balance from account_balances where account = 'suspense') a
        full join asked n on n.currency = a.currency
        order by 1
        """;

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/internal/movements", Movements).ExcludeFromDescription();
        app.MapPost("/internal/suspense", Suspense).ExcludeFromDescription();
    }

    /// <summary><c>GET /internal/movements?after=&amp;limit=</c>: in the order of the log.</summary>
    private static async Task<IResult> Movements(long? after, int? limit, IEventStore store, CancellationToken cancel)
    {
        var count = Math.Clamp(limit ?? PageMax, 1, PageMax);
        var end = await store.LastPositionAsync(cancel);
        var events = await store.ReadAllAsync(after ?? 0, count, Moving, cancel);
        return Results.Json(
            new MovementPage([.. events.Select(Read)], events.Count == count ? events[^1].Position : Math.Max(end, after ?? 0)),
            WalletJson.Default.MovementPage);
    }

    /// <summary><c>POST /internal/suspense</c> with ids of operations.</summary>
    private static async Task<IResult> Suspense(Guid[] operations, NpgsqlDataSource database, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(SuspenseSql);
        command.Parameters.AddWithValue(operations);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var currencies = new List<SuspenseView>();
        while (await reader.ReadAsync(cancel))
        {
            currencies.Add(new(reader.GetString(0), reader.GetDecimal(1), reader.GetDecimal(2)));
        }

        return Results.Json<IReadOnlyList<SuspenseView>>(currencies, WalletJson.Default.IReadOnlyListSuspenseView);
    }

    private static OperationMovement Read(StoredEvent stored)
    {
        var (act, operation, amount, other) = StoredEvents.Decode<WalletEvent>(stored) switch
        {
            WalletEvent.FundsCredited e => ("credit", e.Operation, e.Amount, e.Payer),
            WalletEvent.HoldCaptured e => ("capture", e.Operation, e.Amount, e.Payee),
            WalletEvent.CreditReversed e => ("reversal", e.Operation, e.Amount, e.Payer),
            var e => throw new UnreachableStateException(null, e),
        };
        return new(
            stored.Position,
            stored.EventId,
            Guid.ParseExact(stored.Stream.Key, "D"),
            stored.StreamVersion,
            act,
            operation.Value,
            amount.Minor,
            amount.Currency.Code,
            other?.Value);
    }
}
