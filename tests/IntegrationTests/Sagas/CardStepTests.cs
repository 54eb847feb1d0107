using System.Net.Http.Json;
using Payments.Domain;
using Payments.Domain.Sagas;
using Payments.Domain.Wallets;
using Payments.SagaService.Cards;

namespace IntegrationTests.Sagas;

/// <summary>The card step between real sagas and the real card processor, and what becomes of a payment when either fails.</summary>
[Collection(SagaTests.Name)]
public sealed class CardStepTests(PostgresFixture postgres) : IAsyncLifetime
{
    private SagaStage _stage = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _stage = await SagaStage.SetAsync(postgres);

    public ValueTask DisposeAsync() => _stage.DisposeAsync();

    [Fact]
    public async Task A_card_payment_is_authorised_captured_credited_and_in_our_books_as_in_the_processors()
    {
        await _stage.StartServiceAsync();
        var payment = await _stage.RequestCardAsync(amount: 1_234);
        await _stage.ReachAsync(payment, "crediting");
        Assert.Equal(["authorise approved 1234", "capture approved 1234"], await _stage.OwnRecordsAsync()); // Before any wallet has it.
        await _stage.CreditAsync(payment);
        await _stage.ReachAsync(payment, "completed");

        Assert.Equal(["authorise approved 1234", "capture approved 1234"], await _stage.ProcessorRecordsAsync());
        Assert.Equal(await _stage.ProcessorRecordsAsync(), await _stage.OwnRecordsAsync());
        Assert.Equal([0], await _stage.QueryAsync<long>("select count(*) from card_calls"));
    }

    [Fact]
    public async Task A_declined_card_fails_the_payment_with_the_processors_code()
    {
        var api = await _stage.StartServiceAsync();
        var payment = await _stage.RequestCardAsync("tok_declined");
        await _stage.ReachAsync(payment, "failed");

        Assert.Equal("card_declined", (string?)(await api.GetAsync($"/{payment.Payment}"))["failureCode"]);
        Assert.Equal([], await _stage.OwnRecordsAsync());
    }

    [Fact]
    public async Task A_card_that_was_captured_for_a_payee_who_cannot_take_the_money_gets_it_back()
    {
        var api = await _stage.StartServiceAsync();
        var payment = await _stage.RequestCardAsync();
        await _stage.ReachAsync(payment, "crediting");
        await _stage.SignalAsync(payment, new Signal.OfWallet(
            new WalletEvent.CreditRefused(OperationId.For(payment.Payment), payment.Amount, RefusalCodes.WalletFrozen)));
        await _stage.ReachAsync(payment, "failed");

        Assert.Equal("wallet_frozen", (string?)(await api.GetAsync($"/{payment.Payment}"))["failureCode"]);
        Assert.Equal(
            ["authorise approved 1000", "capture approved 1000", "refund approved 1000"], await _stage.ProcessorRecordsAsync());
        Assert.Equal(await _stage.ProcessorRecordsAsync(), await _stage.OwnRecordsAsync());
    }

    [Fact]
    public async Task A_payment_that_the_version_before_has_begun_is_credited_first_and_ends()
    {
        var payment = await _stage.RequestCardAsync(creditsFirst: true);
        await _stage.StartServiceAsync();
        await _stage.ReachAsync(payment, "crediting");
        Assert.Equal(["authorise approved 1000"], await _stage.ProcessorRecordsAsync());
        await _stage.CreditAsync(payment);
        await _stage.ReachAsync(payment, "completed");

        Assert.Equal(["authorise approved 1000", "capture approved 1000"], await _stage.ProcessorRecordsAsync());
    }

    [Fact]
    public async Task What_times_out_after_its_effect_is_looked_up_and_charged_once()
    {
        await _stage.StartServiceAsync("CardStep:TimeoutMs=300");
        var payment = await _stage.RequestCardAsync("tok_timeout");
        await _stage.ReachAsync(payment, "crediting");
        await _stage.CreditAsync(payment);
        await _stage.ReachAsync(payment, "completed");

        Assert.Equal(["authorise approved 1000", "capture approved 1000"], await _stage.ProcessorRecordsAsync());
    }

    [Fact]
    public async Task With_the_processor_down_the_breaker_opens_after_five_failures_and_payments_wait_and_complete_when_it_is_back()
    {
        var api = await _stage.StartServiceAsync("CardStep:BreakerOpenMs=2000", "CardStep:MaxConcurrency=1");
        await _stage.SetFaultsAsync(new { down = true });
        var payments = new[] { await _stage.RequestCardAsync(), await _stage.RequestCardAsync(), await _stage.RequestCardAsync() };
        await SagaStage.UntilAsync(
            async () => await api.GetAsync("/breaker") is var now && (string?)now["state"] == "open" && (int)now["waitingCalls"]! == 3,
            () => "The breaker has not opened while all three wait.");

        var breaker = await api.GetAsync("/breaker");
        Assert.Equal((5, false, 3), ((int)breaker["failures"]!, (bool)breaker["shared"]!, (int)breaker["waitingCalls"]!));
        Assert.Contains(
            "the card processor is down: breaker open until",
            (string)(await api.GetAsync($"/{payments[0].Payment}"))["reason"]!,
            StringComparison.Ordinal);

        await _stage.SetFaultsAsync(new { });
        foreach (var payment in payments)
        {
            await _stage.ReachAsync(payment, "crediting");
        }

        Assert.Equal("closed", (string?)(await api.GetAsync("/breaker"))["state"]);
        Assert.Equal(6, (await _stage.ProcessorRecordsAsync()).Count);
    }

    [Fact]
    public async Task A_call_whose_worker_was_killed_between_effect_and_answer_comes_back_when_its_lease_ends_and_has_happened_once()
    {
        var payment = await _stage.RequestCardAsync();
        var calls = new CardCalls(_stage.Database);
        var now = DateTimeOffset.UtcNow;

        // A worker takes the call, the processor executes, and that is the end of the worker.
        var leased = Assert.Single(await calls.LeaseAsync(10, Guid.NewGuid(), now, TimeSpan.FromSeconds(2), Cancel));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/authorisations")
        {
            Content = JsonContent.Create(
                new { token = "tok_ok", amount = 1_000, currency = "EUR", reference = payment.Payment.ToString() }),
            Headers = { { "Idempotency-Key", leased.Command().Key } },
        };
        await SagaStage.OkAsync(_stage.Processor.SendAsync(request, Cancel));

        await _stage.StartServiceAsync();
        await _stage.ReachAsync(payment, "crediting");

        Assert.True(DateTimeOffset.UtcNow >= now.AddSeconds(2), "Nobody may take a call that is leased.");
        Assert.Equal(["authorise approved 1000", "capture approved 1000"], await _stage.ProcessorRecordsAsync());
    }

    [Fact]
    public async Task A_lease_is_for_one_worker_and_what_it_puts_off_is_for_all_again()
    {
        await _stage.RequestCardAsync();
        var calls = new CardCalls(_stage.Database);
        var now = DateTimeOffset.UtcNow;
        var lease = TimeSpan.FromSeconds(10);

        var first = Assert.Single(await calls.LeaseAsync(10, Guid.NewGuid(), now, lease, Cancel));
        Assert.Equal((1, false), (first.Calls, first.MaybeAsked(now)));
        Assert.Empty(await calls.LeaseAsync(10, Guid.NewGuid(), now, lease, Cancel));

        var second = Assert.Single(await calls.LeaseAsync(10, Guid.NewGuid(), now + lease, lease, Cancel));
        Assert.Equal((2, true), (second.Calls, second.MaybeAsked(now)));

        await calls.PutOffAsync(first, now, "too late", count: true, Cancel); // It is somebody else's by now.
        Assert.Empty(await calls.LeaseAsync(10, Guid.NewGuid(), now + lease, lease, Cancel));
        await calls.PutOffAsync(second, now, "no answer", count: false, Cancel);
        Assert.Equal(2, Assert.Single(await calls.LeaseAsync(10, Guid.NewGuid(), now, lease, Cancel)).Calls);
    }

    [Fact]
    public async Task A_payment_whose_processor_stays_silent_is_undone_at_its_deadline_and_what_arrives_later_has_no_effect()
    {
        await _stage.SetFaultsAsync(new { down = true });
        await _stage.StartServiceAsync("CardStep:BreakerOpenMs=500", "Sagas:Timeouts:AuthoriseMs=1000", "Sagas:Timeouts:CardMs=60000");
        var payment = await _stage.RequestCardAsync(timeouts: new SagaTimeouts { Authorise = TimeSpan.FromSeconds(1) });
        await _stage.ReachAsync(payment, "voiding");
        await _stage.SetFaultsAsync(new { });
        await _stage.ReachAsync(payment, "failed");

        Assert.Equal(
            [RefusalCodes.CardProcessorUnavailable],
            await _stage.QueryAsync<string>("select failure_code from sagas where saga_id = $1", payment.Payment.Value));
        Assert.Equal(["reverse approved 0"], await _stage.ProcessorRecordsAsync());
        Assert.Equal(["void approved 0"], await _stage.OwnRecordsAsync());
    }

    [Fact]
    public async Task A_rebuild_makes_exactly_the_open_calls_the_books_and_the_acts()
    {
        string[] tables =
        [
            "select format('%s %s %s %s', call_key, command_type, command, version) from card_calls order by 1",
            "select format('%s %s %s %s', key, amount, declared, version) from card_books order by 1",
            "select format('%s %s %s %s %s', saga_id, version, act, phase_before, phase_after) from saga_acts order by 1",
            "select format('%s %s %s %s %s', saga_id, phase, attempt, awaits, version) from sagas order by 1",
        ];
        var api = await _stage.StartServiceAsync("CardStep:BreakerOpenMs=60000");
        var done = await _stage.RequestCardAsync();
        await _stage.ReachAsync(done, "crediting");
        await _stage.CreditAsync(done);
        await _stage.ReachAsync(done, "completed");
        await _stage.SetFaultsAsync(new { down = true });
        await _stage.RequestCardAsync();
        await _stage.RequestWalletAsync();
        var undone = await _stage.RequestCardAsync();
        await SagaStage.OkAsync(api.PostAsync($"/{undone.Payment}/compensate", new { reason = "the customer called" }));
        var before = await ReadAsync(tables);

        using (var asked = await api.PostAsync("/projections/sagas/rebuild", new { reason = "a test" }))
        {
            Assert.True(asked.IsSuccessStatusCode);
        }

        await SagaStage.UntilAsync(
            async () => await _stage.QueryAsync<bool>(
                "select rebuild_version is null and rebuilt_at is not null from projections where name = 'sagas'") is [true],
            () => "Not rebuilt.");

        Assert.Equal([2, 2, 1, 4], before.Select(rows => rows.Count));
        Assert.Equal(before, await ReadAsync(tables));
    }

    private async Task<List<List<string>>> ReadAsync(string[] tables)
    {
        var read = new List<List<string>>();
        foreach (var table in tables)
        {
            read.Add(await _stage.QueryAsync<string>(table));
        }

        return read;
    }
}

/// <summary>One after the other: each starts services of its own.</summary>
[CollectionDefinition(Name)]
public sealed class SagaTests
{
    public const string Name = "sagas";
}
