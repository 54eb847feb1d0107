using System.Net;
using IntegrationTests.Gateway;
using Payments.CardProcessor.Books;
using static Payments.CardProcessor.Books.OperationKind;
using static Payments.CardProcessor.Books.OperationStatus;

namespace IntegrationTests.CardProcessor;

public sealed class OperationTests(PostgresFixture postgres)
{
    [Fact]
    public async Task A_card_is_authorised_captured_and_refunded_and_the_books_tell_it_all()
    {
        await using var processor = await ProcessorFixture.StartAsync(postgres);
        using var response = await processor.PostAsync(
            "/v1/authorisations", """{"token":"tok_ok","amount":1000,"currency":"EUR","reference":"Order 1"}""", "order-1");
        var made = await ProcessorFixture.OperationAsync(response);
        var id = made.AuthorisationId!.Value;

        Assert.Equal((HttpStatusCode.Created, $"/v1/authorisations/{id}"), (response.StatusCode, response.Headers.Location!.ToString()));
        Assert.Equal(new Operation("order-1", Authorise, Approved, null, id, 1_000, "EUR", made.At, 1), made);
        Assert.Equal(
            new Authorisation(id, "order-1", "tok_ok", "EUR", 1_000, 0, 0, false, "Order 1"), await processor.AuthorisationAsync(id));

        List<Operation> entered =
        [
            made,
            await processor.OperationAsync($"/v1/authorisations/{id}/captures", """{"amount":600}""", "c1"),
            await processor.OperationAsync($"/v1/authorisations/{id}/captures", """{"amount":401,"currency":"EUR"}""", "c2"),
            await processor.OperationAsync($"/v1/authorisations/{id}/refunds", """{"amount":601}""", "r1"),
            await processor.OperationAsync($"/v1/authorisations/{id}/refunds", """{"amount":100,"currency":"USD"}""", "r2"),
            await processor.OperationAsync($"/v1/authorisations/{id}/refunds", """{"amount":100}""", "r3"),
            await processor.OperationAsync($"/v1/authorisations/{id}/voids", "{}", "v1"),
            await processor.OperationAsync($"/v1/authorisations/{id}/voids", "{}", "v2"),
            await processor.OperationAsync("/v1/reversals", """{"originalKey":"order-1"}""", "x1"),
        ];

        Assert.Equal(
            [
                ("order-1", Authorise, Approved, null, 1_000, "EUR", 1),
                ("c1", Capture, Approved, null, 600, "EUR", 2),
                ("c2", Capture, Declined, "amount_exceeds_authorised", 401, "EUR", 3),
                ("r1", Refund, Declined, "amount_exceeds_captured", 601, "EUR", 4),
                ("r2", Refund, Declined, "currency_mismatch", 100, "USD", 5),
                ("r3", Refund, Approved, null, 100, "EUR", 6),
                ("v1", OperationKind.Void, Approved, null, 400, "EUR", 7),
                ("v2", OperationKind.Void, Declined, "already_voided", 0, "EUR", 8),
                ("x1", Reverse, Declined, "already_captured", 0, "EUR", 9),
            ],
            entered.Select(o => (o.Key, o.Kind, o.Status, o.Code, (int)o.Amount, o.Currency, (int)o.Sequence)));
        Assert.Equal(entered, await processor.OperationsAsync(limit: 4));
        Assert.Equal([entered[7], entered[8]], await processor.OperationsAsync(after: 7));
        var totals = await processor.TotalsAsync();
        Assert.Equal((9, new CurrencyTotals("EUR", 1, 0, 600, 100)), (totals.LastSequence, Assert.Single(totals.Currencies)));
    }

    [Fact]
    public async Task A_repeat_gets_the_stored_answer_and_another_request_under_the_key_is_refused()
    {
        await using var processor = await ProcessorFixture.StartAsync(postgres);
        var first = await ProcessorFixture.OperationAsync(await processor.AuthoriseAsync("order-1"));

        Assert.Equal(first, await ProcessorFixture.OperationAsync(await processor.AuthoriseAsync("order-1")));
        Assert.Equal(first, await processor.FindAsync("order-1"));
        using var other = await processor.AuthoriseAsync("order-1", amount: 1_001);
        await ProblemAssert.IsAsync(other, HttpStatusCode.UnprocessableEntity, "idempotency_key_reused");
        using var void1 = await processor.PostAsync($"/v1/authorisations/{first.AuthorisationId}/voids", "{}", "order-1");
        await ProblemAssert.IsAsync(void1, HttpStatusCode.UnprocessableEntity, "idempotency_key_reused");
        Assert.Equal([first], await processor.OperationsAsync());
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("a%2Fb")]
    [InlineData("50%")]
    [InlineData("a?b#c&d=e+f")]
    [InlineData("payment:0199/authorise~1")]
    public async Task Any_key_can_be_looked_up(string key)
    {
        await using var processor = await ProcessorFixture.StartAsync(postgres);
        await processor.AuthorisedAsync("other");
        await processor.AuthorisedAsync(key);

        Assert.Equal(key, (await processor.FindAsync(key))?.Key);
    }

    [Theory]
    [InlineData("/v1/operations/never", "operation_not_found")]
    [InlineData("/v1/operations/", "operation_not_found")]
    [InlineData("/v1/operations/%07", "operation_not_found")]
    [InlineData("/v1/authorisations/never", "authorisation_not_found")]
    [InlineData("/v1/authorisations/00000000-0000-7000-8000-000000000000", "authorisation_not_found")]
    public async Task What_is_not_there_is_not_found(string target, string code)
    {
        await using var processor = await ProcessorFixture.StartAsync(postgres);
        using var response = await processor.Client.GetAsync(target);

        await ProblemAssert.IsAsync(response, HttpStatusCode.NotFound, code);
    }

    [Fact]
    public async Task A_reversal_undoes_what_was_made_and_what_is_yet_to_come()
    {
        await using var processor = await ProcessorFixture.StartAsync(postgres);
        var id = await processor.AuthorisedAsync("made");

        var made = await processor.OperationAsync("/v1/reversals", """{"originalKey":"made"}""");
        var late = await processor.OperationAsync("/v1/reversals", """{"originalKey":"late"}""");
        using var arrives = await processor.AuthoriseAsync("late");
        var arrived = await ProcessorFixture.OperationAsync(arrives);

        Assert.Equal(new Operation(made.Key, Reverse, Approved, "voided", id, 1_000, "EUR", made.At, 2, "made"), made);
        Assert.Equal(new Operation(late.Key, Reverse, Approved, "nothing_to_reverse", null, 0, null, late.At, 3, "late"), late);
        Assert.Equal(new Operation("late", Authorise, Declined, "reversed", null, 1_000, "EUR", arrived.At, 4), arrived);
        Assert.Equal(HttpStatusCode.OK, arrives.StatusCode);
        Assert.Equal(AuthorisationStatus.Voided, (await processor.AuthorisationAsync(id)).Status);
        Assert.Equal(new CurrencyTotals("EUR", 1, 0, 0, 0), Assert.Single((await processor.TotalsAsync()).Currencies));
    }

    [Fact]
    public async Task The_memory_and_the_database_keep_the_same_books()
    {
        await using var processor = await ProcessorFixture.StartAsync(postgres);
        var memory = new AuthorisationLedger();
        var random = UnitTests.Randomness.Seed.NewRandom();
        List<Guid> ids = [Guid.CreateVersion7()];
        for (var step = 0; step < 300; step++)
        {
            var (own, of, amount) = (random.Next(1, 120), ids[random.Next(ids.Count)], random.Next(1, 1_000));
            var (key, original) = ($"key-{own}", $"key-{own + random.Next(1, 60)}");
            var (request, target, json) = random.Next(6) switch
            {
                0 or 1 => ((ProcessorRequest)new ProcessorRequest.Authorise(key, "tok_ok", amount, "EUR"), "/v1/authorisations",
                    $$"""{"token":"tok_ok","amount":{{amount}},"currency":"EUR"}"""),
                2 => (new ProcessorRequest.Capture(key, of, amount), $"/v1/authorisations/{of}/captures", $$"""{"amount":{{amount}}}"""),
                3 => (new ProcessorRequest.Refund(key, of, amount), $"/v1/authorisations/{of}/refunds", $$"""{"amount":{{amount}}}"""),
                4 => (new ProcessorRequest.Void(key, of), $"/v1/authorisations/{of}/voids", "{}"),
                _ => (new ProcessorRequest.Reverse(key, original), "/v1/reversals", $$"""{"originalKey":"{{original}}"}"""),
            };
            using var response = await processor.PostAsync(target, json, key);
            if (response.StatusCode == HttpStatusCode.UnprocessableEntity)
            {
                Assert.IsType<Reply.KeyReused>(memory.Execute(request, default, Guid.Empty));
                continue;
            }

            var operation = await ProcessorFixture.OperationAsync(response);
            Assert.Equal(new Reply.Answer(operation), memory.Execute(request, operation.At, operation.AuthorisationId ?? Guid.Empty));
            if (operation is { Kind: Authorise, Status: Approved })
            {
                ids.Add(operation.AuthorisationId!.Value);
            }
        }

        Assert.Equal(memory.Operations, await processor.OperationsAsync(limit: 7));
        var totals = await processor.TotalsAsync();
        Assert.Equal(memory.Totals().Currencies, totals.Currencies);
        Assert.Equal(memory.Operations.Count, totals.LastSequence);
    }
}
