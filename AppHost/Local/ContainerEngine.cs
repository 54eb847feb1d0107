using System.ComponentModel;
using System.Diagnostics;
using Microsoft.Extensions.Configuration;

namespace AppHost.Local;

/// <summary>
/// The container engine that Aspire would use. It is asked, because a client on the PATH says nothing about an engine behind it.
/// </summary>
internal static class ContainerEngine
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Whether Docker or Podman answers, or the one that Aspire was told to use.</summary>
    public static bool Answers(IConfiguration configuration)
    {
        var chosen = configuration["ASPIRE_CONTAINER_RUNTIME"] ?? configuration["DOTNET_ASPIRE_CONTAINER_RUNTIME"];
        return chosen is { Length: > 0 } ? Answers(chosen) : Answers("docker") || Answers("podman");
    }

    private static bool Answers(string engine)
    {
        try
        {
            using var asked = Process.Start(
                new ProcessStartInfo(engine, "info") { RedirectStandardOutput = true, RedirectStandardError = true })!;
            asked.BeginOutputReadLine();
            asked.BeginErrorReadLine();
            if (asked.WaitForExit(Patience))
            {
                return asked.ExitCode == 0;
            }

            asked.Kill(entireProcessTree: true);
            return false;
        }
        catch (Win32Exception)
        {
            return false; // Not installed.
        }
    }
}
