using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Npgsql;

namespace Payments.Bench.Emmett;

/// <summary>
/// Emmett (an event store for Node, on PostgreSQL) in a process of its own that lasts for the whole run: its code is compiled and its
/// connections are open when it is measured. It measures itself: the way to this process is not in its figures.
/// </summary>
internal sealed class EmmettProcess : IAsyncDisposable
{
    private static readonly TimeSpan GoodbyeMax = TimeSpan.FromSeconds(5);

    private readonly Process _node;

    private EmmettProcess(Process node) => _node = node;

    /// <returns>Null when this machine has no Emmett, which is said on one line.</returns>
    public static async Task<EmmettProcess?> TryStartAsync(string connectionString, int pool, CancellationToken cancel)
    {
        try
        {
            var start = new ProcessStartInfo("node", [EmmettInstallation.Program])
            {
                WorkingDirectory = await EmmettInstallation.EnsureAsync(cancel),
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            };
            start.Environment["PAYMENTS_BENCH_DATABASE"] = Url(connectionString);
            start.Environment["PAYMENTS_BENCH_POOL"] = pool.ToString(CultureInfo.InvariantCulture);
            start.Environment["NODE_ENV"] = "production";
            return new EmmettProcess(EmmettInstallation.Start(start));
        }
        catch (NoEmmettException why)
        {
            System.Console.WriteLine($"Without Emmett: {why.Message}.");
            return null;
        }
    }

    /// <summary>One request at a time; <c>bench/emmett/peer.mjs</c> says which there are.</summary>
    /// <exception cref="NoResultException">The process has ended; it has said why on the error stream.</exception>
    public async Task<JsonObject> AskAsync(JsonObject request, CancellationToken cancel)
    {
        await _node.StandardInput.WriteLineAsync(request.ToJsonString().AsMemory(), cancel);
        await _node.StandardInput.FlushAsync(cancel);
        var answer = await _node.StandardOutput.ReadLineAsync(cancel);
        return answer is null
            ? throw new NoResultException("Emmett's process has ended: there is no result.")
            : JsonNode.Parse(answer)?.AsObject() ?? throw new JsonException("Emmett's process answered with nothing.");
    }

    public async ValueTask DisposeAsync()
    {
        _node.StandardInput.Close();
        using var limit = new CancellationTokenSource(GoodbyeMax);
        try
        {
            await _node.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _node.Kill(entireProcessTree: true);
        }

        _node.Dispose();
    }

    private static string Url(string connectionString)
    {
        var at = new NpgsqlConnectionStringBuilder(connectionString);
        var (user, password) = (Uri.EscapeDataString(at.Username!), Uri.EscapeDataString(at.Password ?? ""));
        return $"postgresql://{user}:{password}@{at.Host}:{at.Port}/{at.Database}";
    }
}
