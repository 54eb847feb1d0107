namespace IntegrationTests.WholeSystem;

/// <summary>The connection strings of the three logs, and of the card processor's books.</summary>
internal sealed record Databases(string Payments, string Wallets, string Sagas, string Processor)
{
    public static async Task<Databases> CreateAsync(PostgresFixture postgres) =>
        new(
            await postgres.CreateDatabaseAsync(),
            await postgres.CreateDatabaseAsync(),
            await postgres.CreateDatabaseAsync(),
            await postgres.CreateDatabaseAsync());
}
