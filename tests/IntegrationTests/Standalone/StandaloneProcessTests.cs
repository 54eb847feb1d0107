using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Payments.Standalone;

namespace IntegrationTests.Standalone;

public sealed partial class StandaloneProcessTests : IAsyncLifetime
{
    private static readonly TimeSpan StopsWithin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan GoneWithin = TimeSpan.FromSeconds(15);

    private readonly string _folder =
        Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), $"standalone-{Guid.NewGuid():N}")).FullName;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await Wait.UntilAsync(() => Processes.Mentioning(_folder).Count == 0, GoneWithin);
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task It_says_when_all_is_healthy_and_how_to_sign_in_first_and_sigterm_ends_it_cleanly_within_five_seconds()
    {
        await using var platform = await StandaloneProcess.StartAsync(_folder);
        using var http = new HttpClient();

        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync($"{platform.GatewayUrl}/health")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync($"{platform.ConsoleUrl}/health")).StatusCode);

        var stopping = Stopwatch.StartNew();
        var exitCode = await platform.TerminateAsync();

        Assert.Equal(0, exitCode);
        Assert.InRange(stopping.Elapsed, TimeSpan.Zero, StopsWithin);
        Assert.Empty(Processes.Mentioning(_folder));
        Assert.Equal(
            $"Payments is ready: gateway {platform.GatewayUrl} (API key dev-key), console {platform.ConsoleUrl}, data in {_folder}",
            StartTime().Replace(platform.Output[0], ""));
        Assert.Matches(
            "^Sign in to the console as admin with the one-time password [A-Za-z0-9_-]{20}$",
            Assert.Single(platform.Output.Skip(1)));
        Assert.DoesNotContain(platform.Errors, line => line.Contains(" fail: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task In_the_background_of_a_script_it_is_ended_by_sigint_too()
    {
        var (shell, platform) = await StandaloneProcess.StartInBackgroundAsync(_folder);
        await using (shell)
        {
            using var kill = Process.Start("kill", ["-INT", $"{platform}"]);
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);

            Assert.Equal(0, await shell.ExitAsync());
            Assert.Empty(Processes.Mentioning(_folder));
        }
    }

    [Fact]
    public async Task Killed_it_leaves_nothing_behind_and_starts_again_at_once()
    {
        for (var round = 1; round <= 2; round++)
        {
            await using var platform = await StandaloneProcess.StartAsync(_folder);
            await platform.KillAsync();
        }

        await Wait.UntilAsync(() => Processes.Mentioning(_folder).Count == 0, GoneWithin);
    }

    [Fact]
    public async Task A_port_in_use_is_named_with_the_variable_that_changes_it()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        await using var platform = StandaloneProcess.Start(_folder, port, FreePorts.Find(1)[0]);

        Assert.Equal(1, await platform.ExitAsync());
        Assert.Equal(
            [
                $"Port {port} of 127.0.0.1 is in use, and the gateway wants it. "
                + "Stop the program that has it, or set PAYMENTS_GATEWAY_PORT to another port.",
            ],
            platform.Errors);
    }

    [GeneratedRegex(@" \(started in \d+\.\d s\)$")]
    private static partial Regex StartTime();
}
