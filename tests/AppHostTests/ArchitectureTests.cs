namespace AppHostTests;

public sealed class ArchitectureTests(AppModel model) : IClassFixture<AppModel>
{
    // Who waits for a database waits for its server too.
    private static readonly string[] Implied = ["postgres"];

    private static readonly string[] Hosts = ["card-processor", "console", "gateway", "payment", "saga", "wallet"];

    [Fact]
    public void Everything_of_the_architecture_is_there_and_nothing_else()
    {
        Assert.Equal(Hosts, model.Names<ProjectResource>());
        Assert.Equal(["cache", "kafka", "postgres"], model.Names<ContainerResource>());
        Assert.Equal(["payments", "processor", "sagas", "wallets"], model.Names<PostgresDatabaseResource>());
    }

    [Theory]
    [InlineData("payment", "payments")]
    [InlineData("wallet", "wallets")]
    [InlineData("saga", "sagas")]
    public async Task A_service_is_given_its_own_database_the_broker_and_the_cache(string service, string database)
    {
        var environment = await model.EnvironmentAsync(service);

        Assert.Equal(
            ["ConnectionStrings__cache", "ConnectionStrings__kafka", $"ConnectionStrings__{database}"],
            environment.Keys.Where(IsConnectionString).Order(StringComparer.Ordinal));
        Assert.Equal($"{{{database}.connectionString}}", environment[$"ConnectionStrings__{database}"]);
        Assert.Equal("{kafka.connectionString}", environment["ConnectionStrings__kafka"]);
    }

    [Fact]
    public async Task The_card_processor_is_given_a_database_and_nothing_else_of_ours()
    {
        var environment = await model.EnvironmentAsync("card-processor");

        Assert.Equal(["ConnectionStrings__processor"], environment.Keys.Where(IsConnectionString));
        Assert.Equal("{processor.connectionString}", environment["ConnectionStrings__processor"]);
    }

    [Theory]
    [InlineData("payment", "kafka,payments")]
    [InlineData("wallet", "kafka,wallets")]
    [InlineData("saga", "kafka,sagas")]
    [InlineData("gateway", "payment,saga,wallet")]
    [InlineData("console", "gateway")]
    [InlineData("card-processor", "processor")]
    public void A_project_waits_for_what_it_cannot_start_without(string project, string dependencies) =>
        Assert.Equal(dependencies.Split(','), model.Waits(project).Except(Implied));

    [Theory]
    [InlineData("gateway", "payment,saga,wallet")]
    [InlineData("payment", "saga,wallet")]
    [InlineData("wallet", "")]
    [InlineData("saga", "card-processor,wallet")]
    [InlineData("card-processor", "")]
    [InlineData("console", "gateway")]
    public async Task A_project_finds_the_services_that_it_calls(string project, string services)
    {
        var expected = services.Split(',', StringSplitOptions.RemoveEmptyEntries)
            .Select(s => ($"services__{s}__http__0", $"{{{s}.bindings.http.url}}"));
        var actual = (await model.EnvironmentAsync(project))
            .Where(v => v.Key.StartsWith("services__", StringComparison.Ordinal))
            .OrderBy(v => v.Key, StringComparer.Ordinal)
            .Select(v => (v.Key, v.Value));

        Assert.Equal(expected, actual);
    }

    [Fact]
    public void Only_the_gateway_and_the_console_are_open_to_the_world()
    {
        var external = Hosts
            .Where(name => model.Resource<ProjectResource>(name).Annotations.OfType<EndpointAnnotation>().Any(e => e.IsExternal));

        Assert.Equal(["console", "gateway"], external);
    }

    [Fact]
    public void Every_project_has_one_http_endpoint_and_is_asked_for_its_health()
    {
        foreach (var name in Hosts)
        {
            var annotations = model.Resource<ProjectResource>(name).Annotations;
            Assert.Equal("http", Assert.Single(annotations.OfType<EndpointAnnotation>()).Name);
            Assert.Single(annotations.OfType<HealthCheckAnnotation>());
        }
    }

    [Fact]
    public async Task The_gateway_is_given_the_pepper_as_a_secret()
    {
        var environment = await model.EnvironmentAsync("gateway");

        Assert.Equal("{api-key-pepper.value}", environment["ApiKeyPepper"]);
        Assert.True(model.Resource<ParameterResource>("api-key-pepper").Secret);
    }

    [Fact]
    public async Task The_console_is_given_its_key_as_a_secret()
    {
        Assert.Equal("{console-api-key.value}", (await model.EnvironmentAsync("console"))["Console__ApiKey"]);
        Assert.True(model.Resource<ParameterResource>("console-api-key").Secret);
    }

    private static bool IsConnectionString(string name) => name.StartsWith("ConnectionStrings__", StringComparison.Ordinal);
}
