using System.Xml.Linq;
using IntegrationTests;

namespace UnitTests.Architecture;

/// <summary>
/// Which project may know which: read from the project files, so that an arrow counts before the first line of code uses it.
/// </summary>
public sealed class ProjectArrowTests
{
    /// <summary>Every project of the product, with all that it refers to, directly or through others.</summary>
    private static readonly Dictionary<string, HashSet<string>> References = ReadReferences();

    private static readonly string[] Services = ["Payments.PaymentService", "Payments.SagaService", "Payments.WalletService"];

    [Fact]
    public void The_domain_refers_to_nothing_neither_project_nor_package()
    {
        Assert.Empty(References["Payments.Domain"]);
        Assert.Empty(Project("Payments.Domain").Descendants("PackageReference"));
        Assert.Empty(Project("Payments.Domain").Descendants("FrameworkReference"));
        Assert.All(
            typeof(global::Payments.Domain.Money).Assembly.GetReferencedAssemblies(),
            assembly => Assert.StartsWith("System.", assembly.Name, StringComparison.Ordinal));
    }

    [Fact]
    public void No_service_refers_to_another()
    {
        foreach (var service in Services)
        {
            Assert.Empty(References[service].Intersect(Services));
        }
    }

    [Fact]
    public void What_production_runs_never_carries_what_is_for_development()
    {
        string[] dev = ["Payments.Broker", "Payments.CardProcessor", "Payments.Standalone"];
        foreach (var host in Services.Concat(["Payments.Gateway", "Payments.Console"]))
        {
            Assert.Empty(References[host].Intersect(dev));
        }
    }

    [Theory]
    [InlineData("Payments.Contracts", "Payments.Domain")]
    [InlineData("Payments.EventStore", "Payments.Domain")]
    [InlineData("Payments.EventStore.Sealing", "Payments.EventStore")]
    [InlineData("Payments.Messaging", "Payments.Contracts,Payments.EventStore")]
    [InlineData("Payments.Hosting", "Payments.Messaging,ServiceDefaults")]
    [InlineData("Payments.Operations", "Payments.EventStore.Sealing,Payments.Hosting")]
    [InlineData("Payments.Messaging.DeadLetters", "Payments.Operations")]
    [InlineData("Payments.PaymentService", "Payments.Messaging.DeadLetters")]
    [InlineData("Payments.SagaService", "Payments.Messaging.DeadLetters")]
    [InlineData("Payments.WalletService", "Payments.Messaging.DeadLetters")]
    [InlineData("Payments.Gateway", "Payments.Contracts,ServiceDefaults")]
    [InlineData("Payments.Broker", "Payments.Messaging")]
    [InlineData("Payments.CardProcessor", "ServiceDefaults")]
    [InlineData("ServiceDefaults", "")]
    public void A_project_refers_to_these_and_no_others(string project, string references) =>
        Assert.Equal(references.Split(',', StringSplitOptions.RemoveEmptyEntries), Direct(project).Order(StringComparer.Ordinal));

    [Fact]
    public void Gateway_and_console_know_neither_the_event_store_nor_the_broker()
    {
        string[] inner = ["Payments.EventStore", "Payments.Messaging", "Payments.Hosting", "Payments.Operations"];
        Assert.Empty(References["Payments.Gateway"].Intersect(inner));
        Assert.Empty(References["Payments.Console"].Intersect(inner));
    }

    private static Dictionary<string, HashSet<string>> ReadReferences()
    {
        var direct = ProjectFiles().Select(Path.GetFileNameWithoutExtension).OfType<string>()
            .ToDictionary(name => name, name => Direct(name).ToList());
        return direct.Keys.ToDictionary(name => name, name => Closure(name, direct));
    }

    private static HashSet<string> Closure(string project, Dictionary<string, List<string>> direct)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        var open = new Queue<string>(direct[project]);
        while (open.TryDequeue(out var next))
        {
            if (found.Add(next))
            {
                direct[next].ForEach(open.Enqueue);
            }
        }

        return found;
    }

    private static IEnumerable<string> Direct(string project) => Project(project).Descendants("ProjectReference")
        .Select(r => Path.GetFileNameWithoutExtension((string)r.Attribute("Include")!));

    private static XDocument Project(string name) =>
        XDocument.Load(ProjectFiles().Single(f => Path.GetFileNameWithoutExtension(f) == name));

    private static IEnumerable<string> ProjectFiles() => new[] { "src", "dev" }
        .SelectMany(folder => Directory.EnumerateFiles(Repository.Find(folder), "*.csproj", SearchOption.AllDirectories))
        .Append(Repository.Find("ServiceDefaults/ServiceDefaults.csproj"));
}
