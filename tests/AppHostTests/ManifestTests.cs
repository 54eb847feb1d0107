using System.Diagnostics;
using System.Text.Json;

namespace AppHostTests;

/// <summary>What <c>azd</c> reads, and what somebody is told who asks for no target or one that is not built in.</summary>
public sealed class ManifestTests
{
    private static readonly string Golden = Path.Combine(Root, "tests", "AppHostTests", "manifest.golden.json");

    [Fact]
    public async Task The_manifest_is_the_golden_one()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("payments-manifest-").FullName, "manifest.json");
        var (status, output) = await RunAsync("--publisher", "manifest", "--output-path", file);
        Assert.True(status == 0, output);

        // Paths in it are relative to where it lies.
        var manifest = (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken))
            .Replace(Path.GetRelativePath(Path.GetDirectoryName(file)!, Root), "..", StringComparison.Ordinal);
        if (Environment.GetEnvironmentVariable("PAYMENTS_WRITE_GOLDEN") is { Length: > 0 })
        {
            await File.WriteAllTextAsync(Golden, manifest, TestContext.Current.CancellationToken);
        }

        Assert.True(
            manifest == await File.ReadAllTextAsync(Golden, TestContext.Current.CancellationToken),
            $"The manifest has changed. If that is meant: PAYMENTS_WRITE_GOLDEN=1 writes the golden file anew.\n{manifest}");
        Assert.True(JsonDocument.Parse(manifest).RootElement.GetProperty("resources").EnumerateObject().Count() > 10);
    }

    [Theory]
    [InlineData("", "Set Deployment__Target to compose")]
    [InlineData("moon", "Deployment:Target must be compose")]
    public async Task Without_a_target_publishing_fails_and_says_what_there_is(string target, string said)
    {
        var (status, output) = await RunAsync(
            [
                "--operation", "publish", "--step", "publish",
                .. target.Length > 0 ? [$"--Deployment:Target={target}"] : Array.Empty<string>(),
            ]);

        Assert.NotEqual(0, status);
        Assert.Contains(said, output, StringComparison.Ordinal);
    }

    private static string Root => Path.GetFullPath(Path.Combine(Projects.AppHost.ProjectPath, ".."));

    private static async Task<(int Status, string Output)> RunAsync(params string[] arguments)
    {
        var program = Path.Combine(Path.GetDirectoryName(typeof(AppHost.Local.LocalMode).Assembly.Location)!, "AppHost.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.Combine(Root, "AppHost"),
        })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output + await errors);
    }
}
