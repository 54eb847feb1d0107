using AppHost.Redpanda;

namespace AppHostTests;

/// <summary>A model for each test: arguments are asked for once, and what was published then would be what is run.</summary>
public sealed class RedpandaTests : IAsyncLifetime
{
    private readonly AppModel _model = new();

    private RedpandaResource Redpanda => _model.Resource<RedpandaResource>("kafka");

    public ValueTask InitializeAsync() => _model.InitializeAsync();

    public ValueTask DisposeAsync() => _model.DisposeAsync();

    [Fact]
    public void Its_image_is_pinned_and_its_data_kept()
    {
        var image = Assert.Single(Redpanda.Annotations.OfType<ContainerImageAnnotation>());
        var volume = Assert.Single(Redpanda.Annotations.OfType<ContainerMountAnnotation>());

        Assert.Equal(("docker.redpanda.com", "redpandadata/redpanda"), (image.Registry, image.Image));
        Assert.Matches(@"^v\d+\.\d+\.\d+$", image.Tag);
        Assert.Equal((ContainerMountType.Volume, "/var/lib/redpanda/data"), (volume.Type, volume.Target));
    }

    [Fact]
    public void It_has_a_listener_for_the_host_and_one_for_containers()
    {
        var endpoints = Redpanda.Annotations.OfType<EndpointAnnotation>()
            .ToDictionary(e => e.Name, e => (e.UriScheme, e.TargetPort, e.IsExternal));

        Assert.Equal(
            new Dictionary<string, (string, int?, bool)>
            {
                ["kafka"] = ("tcp", 9092, false),
                ["internal"] = ("tcp", 9093, false),
                ["admin"] = ("http", 9644, false),
                ["schema-registry"] = ("http", 8081, false),
            },
            endpoints);
        Assert.Single(Redpanda.Annotations.OfType<HealthCheckAnnotation>());
    }

    [Fact]
    public async Task When_run_it_names_the_allocated_port_to_clients_on_the_host()
    {
        var endpoint = Redpanda.Annotations.OfType<EndpointAnnotation>().Single(e => e.Name == "kafka");
        endpoint.AllocatedEndpoint = new AllocatedEndpoint(endpoint, "localhost", 51234);

        Assert.Equal(
            [
                "redpanda",
                "start",
                "--mode=dev-container",
                "--smp=1",
                "--memory=1G",
                "--kafka-addr=external://0.0.0.0:9092,internal://0.0.0.0:9093",
                "--advertise-kafka-addr=external://localhost:51234,internal://kafka:9093",
                "--schema-registry-addr=0.0.0.0:8081",
            ],
            await _model.ArgumentsAsync(Redpanda, AppModel.Run));
        Assert.Equal("localhost:51234", await Redpanda.ConnectionStringExpression.GetValueAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task When_published_it_names_itself_to_everybody()
    {
        Assert.Contains(
            "--advertise-kafka-addr=external://{kafka.bindings.kafka.host}:{kafka.bindings.kafka.port},"
            + "internal://{kafka.bindings.internal.host}:{kafka.bindings.internal.port}",
            await _model.ArgumentsAsync(Redpanda, AppModel.Publish));
        Assert.Equal("{kafka.bindings.kafka.host}:{kafka.bindings.kafka.port}", Redpanda.ConnectionStringExpression.ValueExpression);
    }
}
