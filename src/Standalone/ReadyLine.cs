using System.Diagnostics;
using System.Globalization;

namespace Payments.Standalone;

/// <summary>The one line that says that everything is there, and where.</summary>
internal static class ReadyLine
{
    public static string For(StandaloneHost platform, StandaloneOptions options)
    {
        using var process = Process.GetCurrentProcess();
        var elapsed = TimeProvider.System.GetLocalNow().DateTime - process.StartTime;
        var seconds = elapsed.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
        var key = options.DevelopmentKey is { } developmentKey ? $" (API key {developmentKey})" : "";
        return $"Payments is ready: gateway {platform.GatewayUrl}{key}, console {platform.ConsoleUrl}, data {platform.DataWhere} "
            + $"(started in {seconds} s)";
    }
}
