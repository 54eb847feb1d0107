using System.Diagnostics;

namespace IntegrationTests.Standalone;

/// <summary>Runs an explicit test of this assembly as a process of its own: one that other tests can kill.</summary>
internal static class ExplicitTest
{
    public static Process Start(Type type, string method, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(
            Environment.ProcessPath!, [.. HostArguments(), "-explicit", "only", "-method", $"{type.FullName}.{method}"])
        {
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    /// <summary>What only the process that another test starts is given.</summary>
    public static string Given(string name) =>
        Environment.GetEnvironmentVariable(name) ?? throw new InvalidOperationException("For other tests to start, not for people.");

    // Run by `dotnet IntegrationTests.dll`, the program is dotnet itself.
    private static string[] HostArguments() =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(ExplicitTest).Assembly.Location] : [];
}
