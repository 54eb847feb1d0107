using Payments.Tools.Archives;
using Payments.Tools.Brokers;
using Payments.Tools.Demo;
using Payments.Tools.Servers;
using Payments.Tools.Verifying;

namespace Payments.Tools;

/// <summary>Something that this program does.</summary>
/// <param name="Usage">What <c>--help</c> says.</param>
/// <param name="RunAsync">Takes the arguments after the verb, and returns the exit code.</param>
internal sealed record Verb(string Name, string Summary, string Usage, Func<IReadOnlyList<string>, CancellationToken, Task<int>> RunAsync)
{
    public static readonly IReadOnlyList<Verb> All =
    [
        new("verify", "check the event logs against their seals; make and check proofs", VerifyOptions.Usage, VerifyVerb.RunAsync),
        new("archive", "move a month of the event logs into files, or back", ArchiveVerb.Usage, ArchiveVerb.RunAsync),
        new(
            "broker",
            "run a Kafka broker that keeps everything in memory, for development and tests",
            BrokerVerb.Usage,
            BrokerVerb.RunAsync),
        new("postgres", "run a private PostgreSQL, for whoever starts the services one by one", PostgresVerb.Usage, PostgresVerb.RunAsync),
        new("demo", "fill a running platform with a day of traffic, and with trouble to look at", DemoOptions.Usage, DemoVerb.RunAsync),
    ];
}
