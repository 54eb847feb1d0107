using System.ComponentModel;
using System.Diagnostics;

namespace Payments.Standalone.Postgres;

/// <summary>Runs the small programs of the system that starting PostgreSQL needs.</summary>
internal static class Shell
{
    /// <summary>
    /// A command with a pipe to it and a bare environment: nothing of ours (secrets, PG* settings, language) reaches the server.
    /// </summary>
    public static ProcessStartInfo Describe(IReadOnlyList<string> command)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            UseShellExecute = false,
            WorkingDirectory = "/",
        };
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        start.Environment["LC_ALL"] = "C";
        return start;
    }

    /// <summary>Runs a command to its end.</summary>
    /// <returns>Its exit status and what it printed, errors included. 127 when there is no such program.</returns>
    public static async Task<(int Status, string Output)> RunAsync(IReadOnlyList<string> command, CancellationToken cancel)
    {
        var start = Describe(command);
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        try
        {
            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(cancel);
            var errors = process.StandardError.ReadToEndAsync(cancel);
            await process.WaitForExitAsync(cancel);
            return (process.ExitCode, (await output + await errors).Trim());
        }
        catch (Win32Exception trouble)
        {
            return (127, trouble.Message);
        }
    }
}
