using Microsoft.Extensions.Configuration;
using Payments.Standalone;

namespace IntegrationTests.Standalone;

public sealed class StandaloneOptionsTests
{
    [Fact]
    public void Nothing_given_means_a_database_of_our_own_the_usual_ports_and_development()
    {
        var options = Parse();

        Assert.Equal(".data", options.DataFolder);
        Assert.Equal((8080, 8081), (options.GatewayPort, options.ConsolePort));
        Assert.Equal("Development", options.Environment);
        Assert.Null(options.PostgresServer);
        Assert.Empty(options.ConnectionStrings);
        Assert.Null(options.Processor);
        Assert.Empty(options.HostArguments);
    }

    [Fact]
    public void Arguments_set_what_the_environment_can_set_and_those_with_a_colon_go_to_the_hosts()
    {
        var options = Parse(
            "--PAYMENTS_GATEWAY_PORT=9000", "--PAYMENTS_POSTGRES=Host=a:b;Password=c", "--Logging:LogLevel:Default=Debug");

        Assert.Equal(9000, options.GatewayPort);
        Assert.Equal("Host=a:b;Password=c", options.PostgresServer);
        Assert.Equal(["--Logging:LogLevel:Default=Debug"], options.HostArguments);
    }

    [Fact]
    public void A_kafka_that_the_environment_names_is_used_instead_of_a_broker_of_our_own()
    {
        var environment = new ConfigurationBuilder()
            .AddInMemoryCollection([new("ConnectionStrings:kafka", "kafka-1:9092,kafka-2:9092")])
            .Build();

        Assert.Equal("kafka-1:9092,kafka-2:9092", StandaloneOptions.Parse([], environment).Kafka);
        Assert.Null(Parse().Kafka);
    }

    [Theory]
    [InlineData("--port=1", "There is no argument '--port=1'. See --help.")]
    [InlineData("start", "There is no argument 'start'. See --help.")]
    [InlineData("--PAYMENTS_CONSOLE_PORT=0", "PAYMENTS_CONSOLE_PORT is '0', which is no port: a number from 1 to 65535 is wanted.")]
    [InlineData("--PAYMENTS_CONSOLE_PORT=65536", "PAYMENTS_CONSOLE_PORT is '65536', which is no port: a number from 1 to 65535 is wanted.")]
    [InlineData(
        "--ConnectionStrings:wallets=Host=a",
        "Some databases are given, others are not: set ConnectionStrings__payments and ConnectionStrings__sagas too, "
        + "or PAYMENTS_POSTGRES for all of them.")]
    public void What_means_nothing_is_refused_by_name(string argument, string message)
    {
        var refusal = Assert.Throws<CannotStartException>(() => Parse(argument));

        Assert.Equal(message, refusal.Message);
    }

    [Fact]
    public void One_database_given_and_a_server_for_the_others_is_enough()
    {
        var options = Parse("--ConnectionStrings:wallets=Host=a", "--PAYMENTS_POSTGRES=Host=b");

        Assert.Equal("Host=a", options.ConnectionStrings["wallets"]);
        Assert.Equal("Host=b", options.PostgresServer);
    }

    [Fact]
    public void The_card_processors_database_is_given_beside_any_of_the_others_or_not_at_all()
    {
        string[] three = ["--ConnectionStrings:payments=Host=a", "--ConnectionStrings:wallets=Host=a", "--ConnectionStrings:sagas=Host=a"];

        Assert.Null(Parse(three).Processor);
        Assert.Equal("Host=p", Parse([.. three, "--ConnectionStrings:processor=Host=p"]).Processor);
        Assert.Equal("Host=p", Parse("--ConnectionStrings:processor=Host=p").Processor);
        Assert.Equal(3, Parse([.. three, "--ConnectionStrings:processor=Host=p"]).ConnectionStrings.Count);
    }

    [Fact]
    public void An_argument_wins_over_the_environment()
    {
        var environment = new ConfigurationBuilder()
            .AddInMemoryCollection([new("PAYMENTS_DATA_DIR", "/environment"), new("PAYMENTS_CONSOLE_PORT", "9001")])
            .Build();

        var options = StandaloneOptions.Parse(["--PAYMENTS_DATA_DIR=/argument"], environment);

        Assert.Equal(("/argument", 9001), (options.DataFolder, options.ConsolePort));
    }

    // Without what happens to be set where the tests run.
    private static StandaloneOptions Parse(params string[] args) =>
        StandaloneOptions.Parse(args, new ConfigurationBuilder().Build());
}
