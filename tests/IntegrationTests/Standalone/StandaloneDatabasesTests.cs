using Npgsql;
using Payments.Standalone;
using Databases = Payments.Standalone.Databases;

namespace IntegrationTests.Standalone;

public sealed class StandaloneDatabasesTests(PostgresFixture postgres)
{
    [Fact]
    public async Task Where_the_logs_are_given_one_by_one_the_card_processors_database_is_made_beside_them()
    {
        var options = Given(await postgres.CreateDatabaseAsync());

        for (var start = 0; start < 2; start++)
        {
            await using var databases = await Databases.StartAsync(options, _ => { }, TestContext.Current.CancellationToken);

            Assert.Equal(options.ConnectionStrings["wallets"], databases.ConnectionString("wallets"));
            Assert.Equal("in the databases given", databases.Where);
            await using var source = NpgsqlDataSource.Create(databases.ConnectionString("processor"));
            await using var command = source.CreateCommand("select current_database()");
            Assert.Equal("processor", await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task The_databases_of_the_card_processor_and_the_operators_are_taken_as_they_are_given()
    {
        var options = Given("Host=127.0.0.1;Port=1") with { Processor = "Host=elsewhere", Operators = "Host=third" };

        await using var databases = await Databases.StartAsync(options, _ => { }, TestContext.Current.CancellationToken);

        Assert.Equal("Host=elsewhere", databases.ConnectionString("processor"));
        Assert.Equal("Host=third", databases.ConnectionString("operators"));
    }

    [Fact]
    public async Task A_database_that_cannot_be_made_is_named_with_the_way_out()
    {
        var options = Given("Host=127.0.0.1;Port=1");

        var refusal = await Assert.ThrowsAsync<CannotStartException>(
            () => Databases.StartAsync(options, _ => { }, TestContext.Current.CancellationToken));

        Assert.StartsWith(
            "The PostgreSQL server in ConnectionStrings__payments cannot be used for the database processor: ",
            refusal.Message,
            StringComparison.Ordinal);
        Assert.EndsWith("or make that database and name it in ConnectionStrings__processor.", refusal.Message, StringComparison.Ordinal);
    }

    private static StandaloneOptions Given(string logs) => new()
    {
        ConnectionStrings = StandaloneOptions.Databases.ToDictionary(name => name, _ => logs),
    };
}
