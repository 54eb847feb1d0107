using System.Diagnostics;

namespace IntegrationTests.Tools;

/// <summary>A verb of the operators' program, as a process of its own.</summary>
internal static class ToolProcess
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(
        string dataFolder, params IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Payments.Tools.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["PAYMENTS_DATA_DIR"] = dataFolder },
        };
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(Cancel), process.StandardError.ReadToEndAsync(Cancel));
        await process.WaitForExitAsync(Cancel).WaitAsync(Deadline, Cancel);
        return (process.ExitCode, await output, await errors);
    }
}
