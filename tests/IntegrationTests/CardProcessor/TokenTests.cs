using System.Net;
using IntegrationTests.Gateway;
using Payments.CardProcessor.Books;

namespace IntegrationTests.CardProcessor;

public sealed class TokenTests(PostgresFixture postgres)
{
    [Theory]
    [InlineData("tok_ok", OperationStatus.Approved, null)]
    [InlineData("tok_declined", OperationStatus.Declined, "card_declined")]
    [InlineData("tok_stolen", OperationStatus.Declined, "unknown_token")]
    public async Task A_card_is_answered_as_its_token_says(string token, OperationStatus status, string? code)
    {
        await using var processor = await ProcessorFixture.StartAsync(postgres);
        using var response = await processor.AuthoriseAsync("order-1", token);
        var operation = await ProcessorFixture.OperationAsync(response);

        Assert.Equal((status, code), (operation.Status, operation.Code));
        Assert.Equal(status == OperationStatus.Approved ? HttpStatusCode.Created : HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(operation, await processor.FindAsync("order-1"));
    }

    [Fact]
    public async Task A_card_that_times_out_is_charged_once_and_a_look_up_or_a_repeat_says_so_while_the_first_still_hangs()
    {
        await using var processor = await ProcessorFixture.StartAsync(postgres);
        using var patience = new CancellationTokenSource();
        var hanging = processor.AuthoriseAsync("order-1", "tok_timeout", cancel: patience.Token);

        var found = await ToldAsync(processor, "order-1");
        var repeated = await ProcessorFixture.OperationAsync(await processor.AuthoriseAsync("order-1", "tok_timeout"));
        Assert.False(hanging.IsCompleted);
        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hanging);
        Assert.Equal((OperationStatus.Approved, found), (found.Status, repeated));
        Assert.Equal([found], await processor.OperationsAsync());
        var captured = await processor.OperationAsync($"/v1/authorisations/{found.AuthorisationId}/captures", """{"amount":1000}""");
        Assert.Equal(OperationStatus.Approved, captured.Status);
    }

    [Fact]
    public async Task Who_waits_long_enough_for_a_card_that_times_out_gets_a_504()
    {
        await using var processor = await ProcessorFixture.StartAsync(postgres, "Processor:HangMs=1");
        using var response = await processor.AuthoriseAsync("order-1", "tok_timeout");

        await ProblemAssert.IsAsync(response, HttpStatusCode.GatewayTimeout, "gateway_timeout");
        Assert.Equal(OperationStatus.Approved, (await processor.FindAsync("order-1"))?.Status);
    }

    [Fact]
    public async Task A_flaky_card_pays_at_the_third_attempt_whichever_instances_are_asked()
    {
        var database = await postgres.CreateDatabaseAsync();
        await using var one = await ProcessorFixture.StartAsync(database);
        await using var other = await ProcessorFixture.StartAsync(database);

        using var first = await one.AuthoriseAsync("order-1", "tok_flaky");
        using var second = await other.AuthoriseAsync("order-1", "tok_flaky");
        await ProblemAssert.IsAsync(first, HttpStatusCode.InternalServerError, "internal_error");
        await ProblemAssert.IsAsync(second, HttpStatusCode.InternalServerError, "internal_error");
        Assert.Empty(await one.OperationsAsync());

        var third = await ProcessorFixture.OperationAsync(await one.AuthoriseAsync("order-1", "tok_flaky"));
        Assert.Equal(OperationStatus.Approved, third.Status);
        Assert.Equal(third, await ProcessorFixture.OperationAsync(await other.AuthoriseAsync("order-1", "tok_flaky")));
        Assert.Equal([third], await one.OperationsAsync());
    }

    [Fact]
    public async Task A_card_whose_processor_is_down_gets_a_503_each_time_and_the_others_do_not()
    {
        await using var processor = await ProcessorFixture.StartAsync(postgres);
        for (var attempt = 0; attempt < 4; attempt++)
        {
            using var response = await processor.AuthoriseAsync("order-1", "tok_down");
            await ProblemAssert.IsAsync(response, HttpStatusCode.ServiceUnavailable, "unavailable");
        }

        Assert.Null(await processor.FindAsync("order-1"));
        await processor.AuthorisedAsync();
    }

    internal static async Task<Operation> ToldAsync(ProcessorFixture processor, string key)
    {
        using var deadline = new CancellationTokenSource(ProcessorFixture.Deadline);
        while (!deadline.IsCancellationRequested)
        {
            if (await processor.FindAsync(key) is { } found)
            {
                return found;
            }
        }

        throw new TimeoutException($"Nothing happened under {key}.");
    }
}
