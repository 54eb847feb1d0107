using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using IntegrationTests.Standalone;

namespace IntegrationTests.ByHand;

/// <summary>Every metric that a dashboard or a rule names is one that a service has, under just that name.</summary>
[Collection(ByHand.Name)]
public sealed partial class MetricsExistTests(ByHandDeployment deployment)
{
    /// <summary>Longer than the time from one reading of the gauges to the next.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(40);

    /// <summary>What Prometheus itself adds to every target.</summary>
    private static readonly string[] OfPrometheus = ["up"];

    [Fact]
    public async Task Whatever_dashboards_and_rules_name_is_there()
    {
        var rules = File.ReadAllLines(Repository.Find("deploy/prometheus/rules.yml"));
        var recorded = rules.Select(line => Recorded().Match(line)).Where(m => m.Success).Select(m => m.Groups[1].Value).ToList();
        var wanted = rules.Select(line => Expression().Match(line)).Where(m => m.Success)
            .Select(m => ("rules.yml", Expr: m.Groups[1].Value))
            .Concat(Directory.GetFiles(Repository.Find("deploy/grafana/dashboards"), "*.json")
                .SelectMany(file => Expressions(JsonNode.Parse(File.ReadAllText(file))!)
                    .Select(expr => (Path.GetFileName(file), Expr: expr))))
            .SelectMany(use => NamesIn(use.Expr).Select(name => (use.Item1, Name: name)))
            .Distinct().ToList();
        Assert.True(wanted.Count > 60, $"Only {wanted.Count} names were found.");
        await CauseEverythingAsync();

        var known = new HashSet<string>();
        await Wait.UntilAsync(
            () =>
            {
                known = [.. Scrape().GetAwaiter().GetResult(), .. recorded, .. OfPrometheus];
                return wanted.All(w => known.Contains(w.Name));
            },
            Deadline,
            () => string.Join('\n', wanted.Where(w => !known.Contains(w.Name))));
    }

    [Fact]
    public async Task Every_host_has_metrics_of_its_own()
    {
        foreach (var host in deployment.Hosts)
        {
            Assert.Contains("dotnet_process_memory_working_set_bytes", await ByHandDeployment.MetricsAsync(host));
        }
    }

    [Fact]
    public async Task The_business_is_counted_from_the_events_once()
    {
        var (alice, bob) = (await deployment.Api.OpenWalletWithAsync(1_000, "CHF"), await deployment.Api.OpenWalletAsync(currency: "CHF"));
        foreach (var amount in (long[])[300, 200, 100_000])
        {
            await deployment.Api.EndOfAsync(await deployment.Api.PayInAsync("CHF", alice, bob, amount));
        }

        await Wait.UntilAsync(
            () => Value("payments_outcomes_total", "outcome=\"completed\"")
                + Value("payments_outcomes_total", "outcome=\"refused\"") == 3,
            Deadline);
        Assert.Equal(
            (2, 1, 500, 100_500),
            (Value("payments_outcomes_total", "outcome=\"completed\""),
                Value("payments_outcomes_total", "outcome=\"refused\""),
                Value("payments_volume_total", "outcome=\"completed\""),
                Value("payments_volume_total", "outcome=\"requested\"")));

        double Value(string metric, string label) =>
            ByHandDeployment.MetricsAsync(deployment.Host("payment")).GetAwaiter().GetResult().Split('\n')
                .Where(line => line.StartsWith($"{metric}{{", StringComparison.Ordinal) && line.Contains(label, StringComparison.Ordinal)
                    && line.Contains("currency=\"CHF\"", StringComparison.Ordinal))
                .Sum(line => double.Parse(line.Split(' ')[1], null));
    }

    // What has never happened has no metric: here everything happens that a dashboard shows.
    private async Task CauseEverythingAsync()
    {
        var api = deployment.Api;
        var (alice, bob) = (await api.OpenWalletWithAsync(10_000), await api.OpenWalletAsync());
        var paid = await api.PayAsync(alice, bob, 1_000);
        await api.EndOfAsync(paid);
        await api.EndOfRefundAsync(paid, await api.RefundAsync(paid, 100));
        await api.EndOfAsync(await api.PayByCardAsync("tok_ok", bob, 500));
        await api.EndOfAsync(await api.PayByCardAsync("tok_declined", bob, 500));
    }

    private async Task<IEnumerable<string>> Scrape()
    {
        var names = new HashSet<string>();
        foreach (var host in deployment.Hosts)
        {
            foreach (var line in (await ByHandDeployment.MetricsAsync(host)).Split('\n').Where(line => line.Length > 0 && line[0] != '#'))
            {
                names.Add(line[..line.IndexOfAny(['{', ' '])]);
            }
        }

        return names;
    }

    private static IEnumerable<string> Expressions(JsonNode node) => node switch
    {
        JsonObject o => o.SelectMany(p =>
            p is { Key: "expr", Value: JsonValue expr } ? [(string)expr!]
            : p.Value is { } inside ? Expressions(inside)
            : []),
        JsonArray a => a.SelectMany(inside => Expressions(inside!)),
        _ => [],
    };

    private static IEnumerable<string> NamesIn(string expr)
    {
        var bare = Grouping().Replace(Braces().Replace(Quoted().Replace(expr, ""), ""), " ");
        return Name().Matches(bare).Select(m => m.Value)
            .Where(name => name is not ("and" or "or" or "unless" or "bool" or "on" or "by"))
            .Distinct();
    }

    [GeneratedRegex("^ *(?:- )?record: (\\S+)")]
    private static partial Regex Recorded();

    [GeneratedRegex("^ *(?:- )?expr: (.+)")]
    private static partial Regex Expression();

    [GeneratedRegex("\"[^\"]*\"")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\{[^}]*\}|\[[^\]]*\]|\$\w+")]
    private static partial Regex Braces();

    [GeneratedRegex(@"\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)")]
    private static partial Regex Grouping();

    [GeneratedRegex(@"(?<![\w:.])[a-zA-Z_:][\w:]*(?![\w:]|\s*\()")]
    private static partial Regex Name();
}
