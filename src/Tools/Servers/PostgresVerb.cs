using System.CommandLine;
using System.Net;
using Payments.Standalone;
using Payments.Standalone.Postgres;

namespace Payments.Tools.Servers;

/// <summary><c>./payments postgres</c>: a private PostgreSQL as a process of its own, for whoever starts the services one by one.</summary>
internal static class PostgresVerb
{
    private const int ConnectionsMax = 500;   // 40 an instance of a service, two pools where a pooler stands before.

    public static Command Command()
    {
        var port = new NumberOption("--port", null, 1, IPEndPoint.MaxPort, "where it listens") { Required = true };
        var data = new Option<string>("--data")
        {
            Description = "the folder of its data; PAYMENTS_DATA_DIR unless told",
            DefaultValueFactory = _ => Environment.GetEnvironmentVariable(StandaloneOptions.DataFolderName) ?? ".data",
        };
        var databases = new Option<string[]>("--database") { Description = "may be given more than once" };
        var command = new Command("postgres", """
            Runs a private PostgreSQL, for whoever starts the services one by one.

            It is on 127.0.0.1, from the installed programs. Its data, and the password of its superuser 'payments' in postgres.password,
            are in the folder; databases that are missing are made. Ctrl-C ends it; the data stays.
            Exit code: 0 it was stopped, 2 it could not start, 1 it ended by itself.
            """) { port, data, databases };
        command.SetAction((parsed, cancel) => RunAsync(
            parsed.GetValue(port), parsed.GetRequiredValue(data), parsed.GetValue(databases) ?? [], cancel));
        return command;
    }

    private static async Task<int> RunAsync(int port, string data, IReadOnlyList<string> databases, CancellationToken cancel)
    {
        var options = new PrivatePostgresOptions
        {
            DataDirectory = data,
            BinDirectory = Environment.GetEnvironmentVariable(StandaloneOptions.PostgresBinariesName),
            Port = port,
            ConnectionsMax = ConnectionsMax,
        };
        await using var postgres = await PrivatePostgres.StartAsync(options, System.Console.WriteLine, cancel);
        foreach (var database in databases)
            await postgres.CreateDatabaseAsync(database, cancel);
        System.Console.WriteLine($"PostgreSQL is ready on 127.0.0.1:{options.Port}.");
        var stopped = Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancel);
        return await Task.WhenAny(stopped, postgres.Exited) == stopped ? ExitCodes.Well : ExitCodes.Findings;
    }
}
