namespace Payments.Bench.WalletPayments;

/// <summary>What to measure; see <see cref="Usage.Payments"/>.</summary>
internal sealed record PaymentsOptions(
    int Callers, int Wallets, int WarmUpSeconds, int Seconds, int PgbenchScale, int PgbenchSeconds, string? KeepLog)
{
    /// <exception cref="BadArgumentException">An argument that means nothing.</exception>
    public static PaymentsOptions Parse(IReadOnlyList<string> given)
    {
        var arguments = new Arguments(
            given, "--callers", "--wallets", "--warmup", "--seconds", "--pgbench-scale", "--pgbench-seconds", "--keep-log");
        return new PaymentsOptions(
            arguments.Number("--callers", 64, 1, 4_096),
            arguments.Number("--wallets", 1_000, 2, 100_000),
            arguments.Number("--warmup", 10, 0, 600),
            arguments.Number("--seconds", 20, 1, 600),
            arguments.Number("--pgbench-scale", 10, 1, 1_000),
            arguments.Number("--pgbench-seconds", 20, 0, 600),
            arguments.Text("--keep-log"));
    }
}
