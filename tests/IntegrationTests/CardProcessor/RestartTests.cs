using System.Collections.Concurrent;
using System.Text.Json;
using Npgsql;
using Payments.CardProcessor.Books;

namespace IntegrationTests.CardProcessor;

public sealed class RestartTests(PostgresFixture postgres)
{
    [Fact]
    public async Task A_rebuilt_host_has_the_same_books()
    {
        var database = await postgres.CreateDatabaseAsync();
        List<Operation> operations;
        LedgerTotals totals;
        Guid id;
        await using (var first = await ProcessorFixture.StartAsync(database))
        {
            id = await first.AuthorisedAsync("order-1");
            await first.OperationAsync($"/v1/authorisations/{id}/captures", """{"amount":300}""");
            await first.OperationAsync("/v1/reversals", """{"originalKey":"late"}""");
            (operations, totals) = (await first.OperationsAsync(), await first.TotalsAsync());
        }

        await using var second = await ProcessorFixture.StartAsync(database);
        Assert.Equal(operations, await second.OperationsAsync());
        Assert.Equal(totals.Currencies, (await second.TotalsAsync()).Currencies);
        Assert.Equal(operations[0], await ProcessorFixture.OperationAsync(await second.AuthoriseAsync("order-1")));
        Assert.Equal("reversed", (await ProcessorFixture.OperationAsync(await second.AuthoriseAsync("late"))).Code);
        Assert.Equal(300, (await second.AuthorisationAsync(id)).Captured);
    }

    [Fact]
    public async Task Killed_at_work_it_has_every_answer_that_it_gave_and_each_key_once()
    {
        var database = await postgres.CreateDatabaseAsync();
        var told = new ConcurrentDictionary<string, Operation>();
        var asked = new ConcurrentBag<string>();
        await using (var first = await ProcessorFixture.StartAsync(database))
        {
            var working = Task.WhenAll(Enumerable.Range(0, 16).Select(worker => WorkAsync(first, worker)));
            await Standalone.Wait.UntilAsync(() => told.Count >= 100, ProcessorFixture.Deadline);
            await first.KillAsync();
            await working;
        }

        await using var second = await ProcessorFixture.StartAsync(database);
        foreach (var key in asked)
        {
            var settled = await ProcessorFixture.OperationAsync(await second.AuthoriseAsync(key));
            Assert.Equal(told.GetValueOrDefault(key, settled), settled);
        }

        var operations = await second.OperationsAsync();
        Assert.Equal(asked.Order(), operations.Select(o => o.Key).Order());
        Assert.Equal(
            new CurrencyTotals("EUR", asked.Count, asked.Count * 1_000, 0, 0), Assert.Single((await second.TotalsAsync()).Currencies));

        async Task WorkAsync(ProcessorFixture processor, int worker)
        {
            try
            {
                for (var n = 0; ; n++)
                {
                    var key = $"order-{worker}-{n}";
                    asked.Add(key);
                    told[key] = await ProcessorFixture.OperationAsync(await processor.AuthoriseAsync(key));
                }
            }
            catch (Exception end) when (end is HttpRequestException or InvalidOperationException or OperationCanceledException
                or JsonException or Xunit.Sdk.XunitException)
            {
                // Killed: what became of the last one is unknown, and is asked.
            }
        }
    }

    [Fact]
    public async Task Instances_that_start_together_on_an_empty_database_make_one_schema()
    {
        var database = await postgres.CreateDatabaseAsync();

        var hosts = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => ProcessorFixture.StartAsync(database)));

        await using var source = NpgsqlDataSource.Create(database);
        await using var files = source.CreateCommand("select string_agg(name, ',') from schema_files");
        Assert.Equal("001_processor.sql", await files.ExecuteScalarAsync(TestContext.Current.CancellationToken));
        await Task.WhenAll(hosts.Select(host => host.AuthoriseAsync("order-1")));
        Assert.Single(await hosts[0].OperationsAsync());
        await Task.WhenAll(hosts.Select(host => host.DisposeAsync().AsTask()));
    }

    [Fact]
    public async Task A_schema_file_that_was_changed_after_it_was_applied_is_refused()
    {
        var database = await postgres.CreateDatabaseAsync();
        await using (await ProcessorFixture.StartAsync(database))
        {
        }

        await using var source = NpgsqlDataSource.Create(database);
        await using var change = source.CreateCommand("update schema_files set checksum = 'another'");
        await change.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => ProcessorFixture.StartAsync(database));
        Assert.Contains("001_processor.sql was changed", refusal.Message, StringComparison.Ordinal);
    }
}
