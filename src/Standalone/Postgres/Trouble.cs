namespace Payments.Standalone.Postgres;

/// <summary>Turns what PostgreSQL printed into what a person can act on.</summary>
internal static class Trouble
{
    private const int LinesMax = 8;

    private static readonly (string Sign, string Advice)[] Known =
    [
        ("No space left on device", DiskFull),
        ("Check free disk space", DiskFull),
        ("Permission denied", NotOurs),
        ("wrong ownership", NotOurs),
        ("could not create shared memory", TooLittleMemory),
        ("could not map anonymous shared memory", TooLittleMemory),
    ];

    private const string DiskFull = "The disk is full: make room, or set PAYMENTS_DATA_DIR to a folder on another disk.";

    private const string NotOurs =
        "Its files belong to another user than the one that runs this: mend that, or set PAYMENTS_DATA_DIR to another folder.";

    private const string TooLittleMemory = "The machine has too little memory left for it.";

    /// <param name="what">What did not succeed, naming the folder.</param>
    public static string Explain(string what, string output)
    {
        var advice = Known.FirstOrDefault(known => output.Contains(known.Sign, StringComparison.Ordinal)).Advice;
        return $"{what}.{(advice is null ? "" : $" {advice}")} It said:\n  {string.Join("\n  ", output.Split('\n').TakeLast(LinesMax))}";
    }
}
