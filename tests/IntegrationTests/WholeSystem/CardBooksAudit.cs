using Npgsql;

namespace IntegrationTests.WholeSystem;

/// <summary>What we say that cards were charged and given back is what the card processor did, act by act.</summary>
internal static class CardRecordsCheck
{
    private const string Ours =
        "select format('%s: %s of %s %s', key, act, amount, currency) from card_books where act in ('capture', 'refund') order by key";

    private const string Theirs =
        "select format('%s: %s of %s %s', key, kind, amount, currency) from operations " +
        "where kind in ('capture', 'refund') and status = 'approved' order by key collate \"C\"";

    // To be asked when everything has ended: what was authorised is captured or let go of.
    private const string LeftOpen = "select key from authorisations where not voided and captured = 0";

    public static async Task AssertAsync(Databases databases)
    {
        Assert.Equal(await QueryAsync(databases.Processor, Theirs), await QueryAsync(databases.Sagas, Ours));
        Assert.Equal([], await QueryAsync(databases.Processor, LeftOpen));
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
