using System.CommandLine;
using Payments.Tools;

namespace Payments.Bench.WalletPayments;

/// <summary>What to measure.</summary>
internal sealed record PaymentsOptions(
    int Callers, int Wallets, int WarmUpSeconds, int Seconds, int PgbenchScale, int PgbenchSeconds, string? KeepLog)
{
    public static Command Command()
    {
        var callers = new NumberOption("--callers", 64, 1, 4_096, "concurrent callers");
        var wallets = new NumberOption("--wallets", 1_000, 2, 100_000, "wallets that pay each other");
        var warmUp = new NumberOption("--warmup", 10, 0, 600, "seconds before measuring");
        var seconds = new NumberOption("--seconds", 20, 1, 600, "seconds of the first and the second measurement");
        var scale = new NumberOption("--pgbench-scale", 10, 1, 1_000, "pgbench -s");
        var pgbenchSeconds = new NumberOption("--pgbench-seconds", 20, 0, 600, "pgbench -T; 0 leaves pgbench out");
        var keepLog = new Option<string?>("--keep-log") { Description = "where to leave the platform's log" };
        var command = new Command("payments", """
            Wallet payments a second over HTTP, all services, beside pgbench's TPC-B.

            Through the gateway of a Standalone: POST /api/payments, then GET ?wait=10s until it has ended. First with so many callers,
            each with one payment on its way; then at a tenth of that rate, begun on time whether or not earlier ones have ended; then,
            without the platform, pgbench's TPC-B on the same PostgreSQL. At the end every wallet is checked to the cent.
            """) { callers, wallets, warmUp, seconds, scale, pgbenchSeconds, keepLog };
        command.SetAction((parsed, cancel) => PaymentsBench.RunAsync(
            new(parsed.GetValue(callers), parsed.GetValue(wallets), parsed.GetValue(warmUp), parsed.GetValue(seconds),
                parsed.GetValue(scale), parsed.GetValue(pgbenchSeconds), parsed.GetValue(keepLog)), cancel));
        return command;
    }
}
