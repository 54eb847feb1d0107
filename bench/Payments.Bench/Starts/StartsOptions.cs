using System.CommandLine;
using Payments.Tools;

namespace Payments.Bench.Starts;

/// <summary>What to measure.</summary>
internal sealed record StartsOptions(int Rounds)
{
    public static Command Command()
    {
        var rounds = new NumberOption("--rounds", 5, 1, 100, "how often");
        var command = new Command("starts", """
            From the start in an empty folder to the first completed payment, beside the start of a PostgreSQL.

            How long it takes from the start of the platform in an empty folder, with a PostgreSQL of its own, until it is ready and until the
            first payment between two new wallets is completed; by turns with the start of a PostgreSQL alone. What is built is not built anew.
            """)
        {
            rounds,
        };
        command.SetAction((parsed, cancel) => StartsBench.RunAsync(
            new StartsOptions(parsed.GetValue(rounds)), cancel));
        return command;
    }
}
