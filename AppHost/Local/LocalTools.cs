using System.Reflection;

namespace AppHost.Local;

/// <summary>Our own tools, as the build of AppHost has left them.</summary>
internal static class LocalTools
{
    public const string Command = "dotnet";

    private static readonly string Configuration =
        typeof(LocalTools).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;

    /// <summary>The program. `./payments` would build it first, under a running AppHost.</summary>
    public static string Program { get; } = Path.Combine(
        Path.GetDirectoryName(new Projects.Payments_Tools().ProjectPath)!, "bin", Configuration, "net10.0", "Payments.Tools.dll");
}
