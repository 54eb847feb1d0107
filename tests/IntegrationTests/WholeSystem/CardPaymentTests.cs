using System.Net;
using Npgsql;
using Payments.CardProcessor.Books;
using Payments.Contracts.Payments;

namespace IntegrationTests.WholeSystem;

/// <summary>Each card ends as its name says, charged once or not at all, in our books and in the processor's.</summary>
[Collection(WholeSystemTests.Name)]
public sealed class CardPaymentTests(PostgresFixture postgres)
{
    private const long Amount = 1_000;
    private const long Fee = 30;

    private static readonly string[] Quick =
    [
        $"Fees:card:FixedMinor={Fee}",
        "CardStep:TimeoutMs=1000",
        "CardStep:RetryBaseMs=20",
        "CardStep:RetryLongestMs=300",
        "CardStep:BreakerOpenMs=500",
    ];

    [Fact]
    public async Task Of_all_tokens_together_each_ends_as_named_and_what_was_taken_goes_back_in_part_and_whole()
    {
        var databases = await Databases.CreateAsync(postgres);
        await using var platform = await Platform.StartAsync(databases, Quick);
        using var api = new Api(platform.Gateway);
        var payee = await api.OpenWalletAsync();

        var ends = new Dictionary<string, PaymentView>();
        foreach (var token in new[] { CardTokens.Ok, CardTokens.Declined, CardTokens.Timeout, CardTokens.Flaky, "tok_nobody" })
        {
            ends[token] = await api.EndOfAsync(await api.PayByCardAsync(token, payee, Amount));
        }

        Assert.Equal(
            new Dictionary<string, (string, string?)>
            {
                [CardTokens.Ok] = ("completed", null),
                [CardTokens.Declined] = ("failed", ProcessorCodes.CardDeclined),
                [CardTokens.Timeout] = ("completed", null),
                [CardTokens.Flaky] = ("completed", null),
                ["tok_nobody"] = ("failed", ProcessorCodes.UnknownToken),
            },
            ends.ToDictionary(e => e.Key, e => (e.Value.Status, e.Value.FailureCode)));
        Assert.Equal(3 * (Amount - Fee), (await api.WalletAsync(payee)).Balance);
        Assert.Equal(["captured 1000 refunded 0", "captured 1000 refunded 0", "captured 1000 refunded 0"], await CardsAsync(databases));

        await BackAsync(api, ends[CardTokens.Ok].PaymentId, 400);
        await BackAsync(api, ends[CardTokens.Ok].PaymentId, null);
        await BackAsync(api, ends[CardTokens.Flaky].PaymentId, 1);
        Assert.Equal(["captured 1000 refunded 0", "captured 1000 refunded 1", "captured 1000 refunded 1000"], await CardsAsync(databases));
        Assert.Equal("refunded", (await api.GetAsync<PaymentView>($"/api/payments/{ends[CardTokens.Ok].PaymentId}")).Status);
        await AssertRecordsAgreeAsync(databases);
    }

    [Fact]
    public async Task A_processor_that_stays_silent_fails_the_payment_and_whatever_it_did_is_let_go()
    {
        var databases = await Databases.CreateAsync(postgres);
        await using var platform = await Platform.StartAsync(databases, [.. Quick, "Sagas:Timeouts:AuthoriseMs=2000"]);
        using var api = new Api(platform.Gateway);
        var payee = await api.OpenWalletAsync();

        var end = await api.EndOfAsync(await api.PayByCardAsync(CardTokens.Down, payee, Amount));

        Assert.Equal(("failed", "card_processor_unavailable"), (end.Status, end.FailureCode));
        Assert.Equal(0, (await api.WalletAsync(payee)).Balance);
        Assert.Equal([], await CardsAsync(databases));
        await AssertRecordsAgreeAsync(databases);
    }

    [Fact]
    public async Task A_card_gets_its_money_back_when_the_payees_wallet_is_frozen()
    {
        var databases = await Databases.CreateAsync(postgres);
        await using var platform = await Platform.StartAsync(databases, Quick);
        using var api = new Api(platform.Gateway);
        var payee = await api.OpenWalletAsync();
        using var freeze = await api.PostAsync($"/api/admin/wallets/{payee}/freeze", """{"reason":"Suspicion"}""", Api.Fresh("key"));
        Assert.Equal(HttpStatusCode.OK, freeze.StatusCode);

        var end = await api.EndOfAsync(await api.PayByCardAsync(CardTokens.Ok, payee, Amount));

        Assert.Equal(("failed", "wallet_frozen"), (end.Status, end.FailureCode));
        Assert.Equal(0, (await api.WalletAsync(payee)).Balance);
        Assert.Equal(["captured 1000 refunded 1000"], await CardsAsync(databases));
        await AssertRecordsAgreeAsync(databases);
    }

    [Fact]
    public async Task A_history_of_a_card_payment_has_all_steps_and_no_token()
    {
        var databases = await Databases.CreateAsync(postgres);
        await using var platform = await Platform.StartAsync(databases, Quick);
        using var api = new Api(platform.Gateway);
        var payment = (await api.EndOfAsync(await api.PayByCardAsync(CardTokens.Ok, await api.OpenWalletAsync(), Amount))).PaymentId;

        var history = await api.GetJsonAsync($"/api/payments/{payment}/history");

        Assert.Equal(
            [
                "payment.requested.v1", "saga.started.v1",
                "saga.moved.v1", "command.card.authorise.v1", "saga.card-answered.v1",
                "saga.moved.v1", "command.card.capture.v1", "saga.card-answered.v1",
                "saga.moved.v1", "command.wallet.credit-funds.v1", "wallet.funds-credited.v1", "wallet.fee-charged.v1",
                "saga.moved.v1", "command.payment.complete.v1", "payment.completed.v1",
            ],
            history["events"]!.AsArray().Select(e => (string)e!["type"]!));
        Assert.DoesNotContain(CardTokens.Ok, history.ToJsonString(), StringComparison.Ordinal);
    }

    private static async Task BackAsync(Api api, Guid payment, long? amount) =>
        Assert.Equal("completed", (await api.EndOfRefundAsync(payment, await api.RefundAsync(payment, amount))).Status);

    /// <summary>What the processor took and gave back, of each card that it was not let go of.</summary>
    private static Task<List<string>> CardsAsync(Databases databases) => QueryAsync(
        databases.Processor,
        "select format('captured %s refunded %s', captured, refunded) from authorisations where not voided order by captured, refunded");

    private static async Task AssertRecordsAgreeAsync(Databases databases)
    {
        const string Ours =
            "select format('%s %s', act, sum(amount)) from card_books where act in ('capture', 'refund') group by act order by 1";
        const string Theirs =
            "select format('%s %s', kind, sum(amount)) from operations " +
            "where kind in ('capture', 'refund') and status = 'approved' group by kind order by 1";
        Assert.Equal(await QueryAsync(databases.Processor, Theirs), await QueryAsync(databases.Sagas, Ours));
        await using var audit = new Audit(databases);
        await audit.AssertSoundAsync(0);
    }

    private static async Task<List<string>> QueryAsync(string database, string sql)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var rows = new List<string>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
        {
            rows.Add(reader.GetString(0));
        }

        return rows;
    }
}
