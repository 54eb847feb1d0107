using System.Diagnostics;
using Payments.Standalone;

namespace IntegrationTests.Lifetime;

/// <summary>A host that ends because of a fault of its own says so to whoever supervises it.</summary>
public sealed class FaultExitCodeTests(PostgresFixture postgres)
{
    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(90);

    [Theory]
    [InlineData("Payments.Console")]
    [InlineData("Payments.CardProcessor")]
    [InlineData("Payments.Gateway")]
    public async Task A_process_whose_background_work_fails_ends_with_an_exit_code_other_than_0(string program)
    {
        using var process = await StartAsync(program, hook: true);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(EndsWithin, TestContext.Current.CancellationToken);

        Assert.Equal(1, process.ExitCode);
    }

    [Fact]
    public async Task A_process_that_is_asked_to_end_ends_with_exit_code_0()
    {
        using var process = await StartAsync("Payments.Console", hook: false);
        Assert.Contains("Application started", await LineAsync(process, "Application started"), StringComparison.Ordinal);
        using var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(EndsWithin, TestContext.Current.CancellationToken);

        Assert.Equal(0, process.ExitCode);
    }

    private async Task<Process> StartAsync(string program, bool hook)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, $"{program}.dll")])
        {
            RedirectStandardOutput = true,
        };
        var database = await postgres.CreateDatabaseAsync();
        foreach (var (name, value) in new Dictionary<string, string>
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["urls"] = $"http://127.0.0.1:{FreePorts.Find(1)[0]}",
            ["ConnectionStrings__processor"] = database,
            ["ConnectionStrings__operators"] = database,
            ["services__gateway__http__0"] = "http://127.0.0.1:1",
            ["services__payment__http__0"] = "http://127.0.0.1:1",
            ["services__wallet__http__0"] = "http://127.0.0.1:1",
            ["services__saga__http__0"] = "http://127.0.0.1:1",
            ["services__card-processor__http__0"] = "http://127.0.0.1:1",
        })
        {
            start.Environment[name] = value;
        }

        if (hook)
        {
            start.Environment["DOTNET_STARTUP_HOOKS"] = typeof(StartupHook).Assembly.Location;
        }

        return Process.Start(start)!;
    }

    private static async Task<string> LineAsync(Process process, string contained)
    {
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (line.Contains(contained, StringComparison.Ordinal))
            {
                return line;
            }
        }

        return "";
    }
}
