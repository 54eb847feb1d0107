using System.Diagnostics;

namespace Payments.Standalone.Postgres;

/// <summary>Brings the server of a cluster up, past what an earlier run may have left.</summary>
internal sealed class ServerStart(Cluster cluster, ServerBinaries binaries, ServerUser user, PrivatePostgresOptions options)
{
    private const int AttemptsMax = 20;

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromMilliseconds(250);

    // These pass: the port was taken by somebody in the meantime; a killed server's children are still ending.
    private static readonly string[] PassingTroubles =
        ["could not create any TCP/IP sockets", "pre-existing shared memory block", "lock file \"postmaster.pid\" already exists"];

    /// <summary>After a kill of this program its server shuts down by itself, which may still be going on.</summary>
    public async Task WaitForPredecessorAsync(CancellationToken cancel)
    {
        if (PostmasterFile.Read(cluster.Data) is not { } predecessor)
            return;
        var waiting = Stopwatch.StartNew();
        while (predecessor.IsServerAlive())
        {
            if (waiting.Elapsed > options.PredecessorTimeout)
            {
                throw new CannotStartException(
                    $"An earlier PostgreSQL (process {predecessor.ProcessId}) still runs on {cluster.Data}. "
                    + $"Stop it: kill -INT {predecessor.ProcessId}");
            }

            await Task.Delay(BetweenLooks, TimeProvider.System, cancel);
        }

        if (predecessor.IsNumberTaken())
            File.Delete(PostmasterFile.PathIn(cluster.Data));
    }

    public async Task<(SupervisedProcess Server, int Port)> RunAsync(CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            var port = options.Port ?? FreePorts.Find(1)[0];
            var server = SupervisedProcess.Start(
                user, cluster.Log, options.StopPatience, [binaries.Server, "-D", cluster.Data, "-p", $"{port}"]);
            try
            {
                if (await IsReadyAsync(server, port, cancel))
                    return (server, port);
            }
            catch
            {
                await server.DisposeAsync();
                throw;
            }

            var output = server.Output();
            await server.DisposeAsync();
            if (attempt == AttemptsMax || !PassingTroubles.Any(trouble => output.Contains(trouble, StringComparison.Ordinal)))
                throw new CannotStartException(Trouble.Explain($"PostgreSQL could not start on {cluster.Data}", output));
            await Task.Delay(BetweenAttempts, TimeProvider.System, cancel);
        }
    }

    // False: it has given up.
    private async Task<bool> IsReadyAsync(SupervisedProcess server, int port, CancellationToken cancel)
    {
        var waiting = Stopwatch.StartNew();
        while (!server.HasExited)
        {
            if (PostmasterFile.Read(cluster.Data) is { IsReady: true } file && file.Port == port && file.IsServerAlive())
                return true;
            if (waiting.Elapsed > options.StartTimeout)
            {
                throw new CannotStartException(
                    $"PostgreSQL did not get ready within {options.StartTimeout.TotalSeconds} s; see {cluster.Log}.");
            }

            await Task.Delay(BetweenLooks, TimeProvider.System, cancel);
        }

        return false;
    }
}
