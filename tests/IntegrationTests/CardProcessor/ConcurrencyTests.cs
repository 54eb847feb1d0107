using System.Net;
using Payments.CardProcessor.Books;

namespace IntegrationTests.CardProcessor;

public sealed class ConcurrencyTests(PostgresFixture postgres)
{
    [Fact]
    public async Task Two_hundred_parallel_duplicates_on_two_instances_have_one_effect_and_one_answer()
    {
        var database = await postgres.CreateDatabaseAsync();
        await using var one = await ProcessorFixture.StartAsync(database);
        await using var other = await ProcessorFixture.StartAsync(database);

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(async n =>
        {
            using var response = await (n % 2 == 0 ? one : other).AuthoriseAsync("order-1");
            return (response.StatusCode, Body: await response.Content.ReadAsStringAsync());
        }));

        Assert.Equal(HttpStatusCode.Created, Assert.Single(answers.Distinct()).StatusCode);
        Assert.Single(await one.OperationsAsync());
        Assert.Equal(new CurrencyTotals("EUR", 1, 1_000, 0, 0), Assert.Single((await one.TotalsAsync()).Currencies));
    }

    [Fact]
    public async Task Of_many_captures_at_once_exactly_those_that_fit_are_approved()
    {
        await using var processor = await ProcessorFixture.StartAsync(postgres);
        var id = await processor.AuthorisedAsync();

        var captures = await Task.WhenAll(Enumerable.Range(0, 50).Select(
            n => processor.OperationAsync($"/v1/authorisations/{id}/captures", """{"amount":90}""", $"capture-{n}")));

        Assert.Equal(11, captures.Count(o => o.Status == OperationStatus.Approved));
        Assert.All(captures.Where(o => o.Status == OperationStatus.Declined), o => Assert.Equal("amount_exceeds_authorised", o.Code));
        Assert.Equal(990, (await processor.AuthorisationAsync(id)).Captured);
    }

    [Fact]
    public async Task However_a_reversal_and_its_authorisation_race_nothing_stays_authorised()
    {
        await using var processor = await ProcessorFixture.StartAsync(postgres);

        var races = await Task.WhenAll(Enumerable.Range(0, 100).Select(async n =>
        {
            var authorising = processor.AuthoriseAsync($"order-{n}");
            var reversing = processor.OperationAsync("/v1/reversals", $$"""{"originalKey":"order-{{n}}"}""", $"reversal-{n}");
            return ((await ProcessorFixture.OperationAsync(await authorising)).Code, (await reversing).Code);
        }));

        Assert.All(races, race => Assert.True(race is (null, "voided") or ("reversed", "nothing_to_reverse"), race.ToString()));
        Assert.All((await processor.TotalsAsync()).Currencies, totals => Assert.Equal(0, totals.AuthorisedOpen));
    }

    [Fact]
    public async Task Reversals_of_each_others_keys_do_not_wait_for_each_other()
    {
        await using var processor = await ProcessorFixture.StartAsync(postgres);

        var reversals = await Task.WhenAll(Enumerable.Range(0, 100).SelectMany(n => new[]
        {
            processor.OperationAsync("/v1/reversals", $$"""{"originalKey":"b-{{n}}"}""", $"a-{n}"),
            processor.OperationAsync("/v1/reversals", $$"""{"originalKey":"a-{{n}}"}""", $"b-{n}"),
        }));

        // Whichever comes first finds nothing under the other's key; the second finds a reversal, which is not to be reversed.
        Assert.Equal(100, reversals.Count(o => o.Code == "nothing_to_reverse"));
        Assert.Equal(100, reversals.Count(o => o.Code == "not_an_authorisation"));
    }

    [Fact]
    public async Task Who_follows_the_books_while_they_are_written_misses_nothing()
    {
        await using var processor = await ProcessorFixture.StartAsync(postgres);
        var writing = Task.WhenAll(Enumerable.Range(0, 16).Select(async writer =>
        {
            for (var n = 0; n < 25; n++)
            {
                await processor.AuthorisedAsync($"order-{writer}-{n}");
            }
        }));

        var followed = new List<Operation>();
        while (followed.Count < 400)
        {
            var done = writing.IsCompleted;
            followed.AddRange(await processor.OperationsAsync(after: followed.Count, limit: 7));
            Assert.Equal(Enumerable.Range(1, followed.Count).Select(n => (long)n), followed.Select(o => o.Sequence));
            Assert.False(done && followed.Count < 400, "The writers are done, and operations are missing.");
        }

        await writing;
        Assert.Equal(400, followed.Select(o => o.Key).Distinct().Count());
        Assert.Equal(followed, await processor.OperationsAsync());
    }

    [Fact]
    public async Task The_totals_are_those_of_the_operations_up_to_their_sequence()
    {
        await using var processor = await ProcessorFixture.StartAsync(postgres);
        var writing = Task.WhenAll(Enumerable.Range(0, 8).Select(async writer =>
        {
            for (var n = 0; n < 20; n++)
            {
                var id = await processor.AuthorisedAsync();
                await processor.OperationAsync($"/v1/authorisations/{id}/captures", $$"""{"amount":{{100 + n}}}""");
            }
        }));

        var seen = new List<LedgerTotals>();
        while (!writing.IsCompleted)
        {
            seen.Add(await processor.TotalsAsync());
        }

        await writing;
        var operations = await processor.OperationsAsync();
        Assert.All(seen.Where(t => t.LastSequence > 0), totals =>
        {
            var until = operations.Take((int)totals.LastSequence).ToList();
            var captured = until.Where(o => o.Kind == OperationKind.Capture).Sum(o => o.Amount);
            var authorised = until.Where(o => o.Kind == OperationKind.Authorise).Sum(o => o.Amount);
            Assert.Equal(
                new CurrencyTotals("EUR", authorised / 1_000, authorised - captured, captured, 0), Assert.Single(totals.Currencies));
        });
    }
}
