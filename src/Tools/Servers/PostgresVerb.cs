using System.Globalization;
using System.Net;
using Payments.Standalone;
using Payments.Standalone.Postgres;

namespace Payments.Tools.Servers;

/// <summary><c>./payments postgres</c>: a private PostgreSQL as a process of its own, for whoever starts the services one by one.</summary>
internal static class PostgresVerb
{
    public const string Usage = """
        Usage: ./payments postgres --port <number> [--data <folder>] [--database <name>]...

        A PostgreSQL server on 127.0.0.1 from the installed programs. Its data, and the password of its superuser 'payments' in
        postgres.password, are in the folder; databases that are missing are made. Ctrl-C ends it; the data stays.
        Exit code: 0 it was stopped, 2 it could not start, 1 it ended by itself.

          --port <number>
          --data <folder>     .data unless told, or PAYMENTS_DATA_DIR
          --database <name>   may be given more than once

        """;

    private const int ConnectionsMax = 500;   // 40 an instance of a service, two pools where a pooler stands before.

    public static async Task<int> RunAsync(IReadOnlyList<string> given, CancellationToken cancel)
    {
        var arguments = new Arguments(given, ["--port", "--data", "--database"], []);
        var options = new PrivatePostgresOptions
        {
            DataDirectory = arguments.Text("--data") ?? Environment.GetEnvironmentVariable(StandaloneOptions.DataFolderName) ?? ".data",
            BinDirectory = Environment.GetEnvironmentVariable(StandaloneOptions.PostgresBinariesName),
            Port = Port(arguments.Text("--port")),
            ConnectionsMax = ConnectionsMax,
        };
        await using var postgres = await PrivatePostgres.StartAsync(options, System.Console.WriteLine, cancel);
        foreach (var database in arguments.All("--database"))
            await postgres.CreateDatabaseAsync(database, cancel);
        System.Console.WriteLine($"PostgreSQL is ready on 127.0.0.1:{options.Port}.");
        var stopped = Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancel);
        return await Task.WhenAny(stopped, postgres.Exited) == stopped ? ExitCodes.Well : ExitCodes.Findings;
    }

    private static int Port(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is >= 1 and <= IPEndPoint.MaxPort
            ? port
            : throw new BadArgumentException($"--port: '{text}' is no port; a number from 1 to {IPEndPoint.MaxPort} is wanted.");
}
