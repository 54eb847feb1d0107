#pragma warning disable ASPIREPROBES001 // Probes are for evaluation.

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
        Assert.Equal(["cache", "grafana", "kafka", "kafka-console", "postgres", "prometheus"], model.Names<ContainerResource>());
        Assert.Equal(["operators", "payments", "processor", "sagas", "wallets"], model.Names<PostgresDatabaseResource>());
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
    [InlineData("gateway", "operators,payment,saga,wallet")]
    [InlineData("console", "gateway")]
    [InlineData("card-processor", "processor")]
    public void A_project_waits_for_what_it_cannot_start_without(string project, string dependencies) =>
        Assert.Equal(dependencies.Split(','), model.Waits(project).Except(Implied));

    [Theory]
    [InlineData("gateway", "card-processor,payment,saga,wallet")]
    [InlineData("payment", "saga,wallet")]
    [InlineData("wallet", "saga")]
    [InlineData("saga", "card-processor,payment,wallet")]
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
            .SelectMany(name => model.Resource<ProjectResource>(name).Annotations.OfType<EndpointAnnotation>()
                .Select(e => (Host: name, Endpoint: e)))
            .Where(e => e.Endpoint.IsExternal)
            .Select(e => (e.Host, e.Endpoint.Name));

        Assert.Equal([("console", "http"), ("gateway", "http")], external);
    }

    [Fact]
    public void Every_project_has_a_port_for_callers_and_one_for_metrics_that_nobody_else_is_told_of()
    {
        foreach (var name in Hosts)
        {
            Assert.Equal(
                [("http", false), ("metrics", true)],
                model.Resource<ProjectResource>(name).Annotations.OfType<EndpointAnnotation>()
                    .OrderBy(e => e.Name, StringComparer.Ordinal).Select(e => (e.Name, e.ExcludeReferenceEndpoint)));
        }
    }

    [Fact]
    public async Task Every_project_is_told_its_port_for_metrics_and_is_asked_whether_it_is_well_and_alive()
    {
        foreach (var name in Hosts)
        {
            Assert.Contains("Metrics__Port", (await model.EnvironmentAsync(name)).Keys);
            Assert.Equal(
                ["/alive", "/health"],
                model.Resource<ProjectResource>(name).Annotations.OfType<EndpointProbeAnnotation>()
                    .Select(p => p.Path).Order(StringComparer.Ordinal));
            Assert.Equal(2, model.Resource<ProjectResource>(name).Annotations.OfType<HealthCheckAnnotation>().Count());
        }
    }

    [Fact]
    public async Task Operators_accounts_are_known_to_the_gateway_alone()
    {
        foreach (var name in Hosts)
        {
            Assert.Equal(name == "gateway", (await model.EnvironmentAsync(name)).ContainsKey("ConnectionStrings__operators"));
        }

        Assert.Equal("{first-admin-password.value}", (await model.EnvironmentAsync("gateway"))["Operators__FirstAdminPassword"]);
        Assert.True(model.Resource<ParameterResource>("first-admin-password").Secret);
    }

    [Fact]
    public void What_an_operator_can_do_is_a_command_at_the_resource_that_it_is_about()
    {
        Assert.Contains("verify", Commands("postgres"));
        Assert.Equal(
            [
                "demo", "pause-payments", "pause-sagas", "pause-wallets", "plant-failure", "rebuild-payment-minutes", "rebuild-payments",
                "rebuild-sagas", "rebuild-wallets", "resume-payments", "resume-sagas", "resume-wallets",
            ],
            Commands("gateway")
                .Where(c => c is "demo" or "plant-failure" || c.Split('-') is ["pause" or "rebuild" or "resume", _, ..])
                .Order(StringComparer.Ordinal));
        Assert.Contains("sign-in", Commands("console"));

        IEnumerable<string> Commands(string resource) =>
            model.Resource<IResource>(resource).Annotations.OfType<ResourceCommandAnnotation>().Select(c => c.Name);
    }

    [Fact]
    public async Task Prometheus_scrapes_every_project_and_grafana_asks_prometheus()
    {
        var targets = (await model.EnvironmentAsync("prometheus", AppModel.Publish)).Keys
            .Where(k => k.StartsWith("SCRAPE_", StringComparison.Ordinal));

        Assert.Equal(
            Hosts.Select(h => $"SCRAPE_{h.ToUpperInvariant().Replace('-', '_')}").Order(StringComparer.Ordinal),
            targets.Order(StringComparer.Ordinal));
        Assert.Equal("{prometheus.bindings.http.url}", (await model.EnvironmentAsync("grafana", AppModel.Publish))["PROMETHEUS_URL"]);
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
