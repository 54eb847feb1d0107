namespace Payments.Bench.Starts;

/// <summary>What to measure; see <see cref="Usage.Starts"/>.</summary>
internal sealed record StartsOptions(int Rounds)
{
    /// <exception cref="BadArgumentException">An argument that means nothing.</exception>
    public static StartsOptions Parse(IReadOnlyList<string> given) => new(new Arguments(given, "--rounds").Number("--rounds", 5, 1, 100));
}
