using System.Text.Json.Nodes;

namespace IntegrationTests.Monitoring;

/// <summary>
/// The dashboards are what Grafana's provisioning takes: one file each, with ids that do not clash and a source that is there.
/// </summary>
public sealed class DashboardTests
{
    private static readonly string Folder = Repository.Find("deploy/grafana");

    [Fact]
    public void There_is_a_dashboard_for_system_event_flow_sagas_and_business_and_each_has_an_id_of_its_own()
    {
        var dashboards = Directory.GetFiles(Path.Combine(Folder, "dashboards"), "*.json")
            .Select(file => (Name: Path.GetFileNameWithoutExtension(file), Json: JsonNode.Parse(File.ReadAllText(file))!)).ToList();

        Assert.Equal(
            ["payments-business", "payments-event-flow", "payments-sagas", "payments-system"],
            dashboards.Select(d => d.Name).Order(StringComparer.Ordinal));
        Assert.All(dashboards, d => Assert.Equal(d.Name, (string?)d.Json["uid"]));
    }

    [Theory]
    [InlineData("payments-business")]
    [InlineData("payments-event-flow")]
    [InlineData("payments-sagas")]
    [InlineData("payments-system")]
    public void Every_panel_asks_the_provisioned_source_and_lies_beside_the_others(string dashboard)
    {
        var panels = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "dashboards", $"{dashboard}.json")))!["panels"]!.AsArray();
        var sources = File.ReadAllText(Path.Combine(Folder, "provisioning/datasources/prometheus.yml"));
        var ids = panels.Select(p => (int)p!["id"]!).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());

        var taken = new HashSet<(int, int)>();
        foreach (var panel in panels)
        {
            var place = panel!["gridPos"]!;
            var (x, y, w, h) = ((int)place["x"]!, (int)place["y"]!, (int)place["w"]!, (int)place["h"]!);
            Assert.InRange(x + w, 1, 24);
            Assert.All(
                from column in Enumerable.Range(x, w) from row in Enumerable.Range(y, h) select (column, row),
                cell => Assert.True(taken.Add(cell), $"'{panel["title"]}' lies over another panel."));
            if ((string?)panel["type"] != "row")
            {
                Assert.Contains($"uid: {panel["datasource"]!["uid"]}", sources, StringComparison.Ordinal);
                Assert.NotEmpty(panel["targets"]!.AsArray());
                Assert.All(panel["targets"]!.AsArray(), target => Assert.NotEqual("", (string?)target!["expr"]));
            }
        }
    }
}
