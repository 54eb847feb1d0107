namespace Payments.Standalone.Postgres;

/// <summary>Turns what PostgreSQL printed into what a person can act on.</summary>
internal static class Trouble
{
    private const int LinesMax = 8;

    public static string Explain(string what, string output, string dataFolder)
    {
        var advice = output switch
        {
            _ when output.Contains("No space left on device", StringComparison.Ordinal) =>
                $" The disk that holds {dataFolder} is full: make room, or set PAYMENTS_DATA_DIR to a folder on another disk.",
            _ when output.Contains("Permission denied", StringComparison.Ordinal) || output.Contains("wrong ownership", StringComparison.Ordinal) =>
                $" The files in {dataFolder} belong to another user than the one that runs this: mend that, or set PAYMENTS_DATA_DIR to another folder.",
            _ when output.Contains("could not create shared memory", StringComparison.Ordinal)
                || output.Contains("could not map anonymous shared memory", StringComparison.Ordinal) =>
                " The machine has too little memory left for it.",
            _ => "",
        };
        var lines = output.Split('\n');
        return $"{what}.{advice} It said:\n  {string.Join("\n  ", lines.TakeLast(LinesMax))}";
    }
}
