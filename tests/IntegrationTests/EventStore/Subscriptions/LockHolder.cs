using System.Diagnostics;
using Npgsql;

namespace IntegrationTests.EventStore.Subscriptions;

/// <summary>Another process, psql, that holds a subscription's lock until it is killed.</summary>
internal sealed class LockHolder : IDisposable
{
    private readonly Process _process;

    private LockHolder(Process process) => _process = process;

    public static async Task<LockHolder> StartAsync(EventStoreDatabase database, string name)
    {
        var programs = Assert.Single(await database.QueryAsync<string>("select setting from pg_config where name = 'BINDIR'"));
        var start = new ProcessStartInfo(Path.Combine(programs, "psql"), ["-X", "-q", "-t", "-A"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var settings = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        start.Environment["PGHOST"] = settings.Host;
        start.Environment["PGPORT"] = settings.Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        start.Environment["PGUSER"] = settings.Username;
        start.Environment["PGDATABASE"] = settings.Database;
        start.Environment["PGPASSWORD"] = settings.Password;
        var process = Process.Start(start)!;
        await process.StandardInput.WriteLineAsync($"select pg_advisory_lock(hashtextextended('worker of {name}', 0)); select 'held';");
        await process.StandardInput.FlushAsync();
        while (await process.StandardOutput.ReadLineAsync() is { } line && line != "held")
        {
        }

        return new LockHolder(process);
    }

    /// <summary>SIGKILL.</summary>
    public void Kill() => _process.Kill();

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
    }
}
