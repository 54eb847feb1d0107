using System.ComponentModel;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace IntegrationTests.Monitoring;

/// <summary>The alert rules, by Prometheus' own tool: they can be read, and fire when they should and only then.</summary>
public sealed partial class RulesTests
{
    private static readonly string Folder = Repository.Find("deploy/prometheus");

    [Theory]
    [InlineData("check", "rules", "rules.yml")]
    [InlineData("check", "config", "--lint=none", "prometheus.yml")]
    [InlineData("test", "rules", "rules.test.yml")]
    public async Task Promtool_finds_nothing_wrong(params string[] arguments)
    {
        var start = new ProcessStartInfo("promtool", arguments)
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true
        };
        Process? started = null;
        try
        {
            started = Process.Start(start);
        }
        catch (Win32Exception)
        {
            Assert.Skip("There is no promtool: it comes with Debian's package prometheus.");
        }

        using var promtool = started!;
        var said = await Task.WhenAll(
            promtool.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken),
            promtool.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await promtool.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(promtool.ExitCode == 0, string.Concat(said));
    }

    [Fact]
    public void Every_alert_has_a_runbook_and_a_test_in_which_it_fires()
    {
        var rules = File.ReadAllText(Path.Combine(Folder, "rules.yml"));
        var tests = File.ReadAllText(Path.Combine(Folder, "rules.test.yml"));
        var headings = File.ReadAllLines(Repository.Find("docs/operations.md"))
            .Where(line => line.StartsWith("### ", StringComparison.Ordinal)).Select(line => line[4..].ToLowerInvariant()).ToList();
        var alerts = Alert().Matches(rules).Select(m => m.Groups[1].Value).ToList();
        var runbooks = Runbook().Matches(rules).Select(m => m.Groups[1].Value).ToList();

        Assert.True(alerts.Count >= 15);
        Assert.Equal(alerts.Count, runbooks.Count);
        Assert.All(runbooks, runbook => Assert.Contains(runbook, headings));
        Assert.All(alerts, alert => Assert.Contains($"alertname=\"{alert}\"", tests, StringComparison.Ordinal));
    }

    [GeneratedRegex("alert: (\\w+)")]
    private static partial Regex Alert();

    [GeneratedRegex("runbook: docs/operations\\.md#(\\S+)")]
    private static partial Regex Runbook();
}
