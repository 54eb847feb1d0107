using System.Diagnostics;
using IntegrationTests.EventStore;
using IntegrationTests.Standalone;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Payments.EventStore.Postgres;
using Payments.Hosting;
using Payments.Standalone;
using Payments.Standalone.Postgres;

namespace IntegrationTests.Replicas;

/// <summary>A primary and a standby that streams from it, both real servers of their own, with the event store's schema.</summary>
public sealed class StreamingPair : IAsyncLifetime
{
    private const string Database = "payments";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"payments-pair-{Guid.NewGuid():N}");
    private PrivatePostgres _primary = null!;
    private SupervisedProcess _standby = null!;
    private NpgsqlDataSource _both = null!;

    /// <summary>As a service gets it: both hosts, the standby first.</summary>
    public string ConnectionString { get; private set; } = null!;

    /// <summary>What a service has of one connection string with both hosts.</summary>
    public LogDatabase Log { get; private set; } = null!;

    /// <summary>The tests' own questions to each server.</summary>
    public NpgsqlDataSource Primary { get; private set; } = null!;

    public NpgsqlDataSource Standby { get; private set; } = null!;

    private string StandbyData => Path.Combine(_folder, "standby", "data");

    public async ValueTask InitializeAsync()
    {
        _primary = await PrivatePostgres.StartAsync(PostgresOwner.Small(Path.Combine(_folder, "primary")));
        var there = new NpgsqlConnectionStringBuilder(await _primary.CreateDatabaseAsync(Database));
        var port = FreePorts.Find(1)[0];
        await StartStandbyAsync(there, port);

        Primary = NpgsqlDataSource.Create(there);
        Standby = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(there.ConnectionString) { Port = port });
        await Wait.UntilAsync(StandbyAnswers, Deadline);
        var hosts = $"127.0.0.1:{port},127.0.0.1:{there.Port}";
        ConnectionString = new NpgsqlConnectionStringBuilder(there.ConnectionString) { Host = hosts }.ConnectionString;
        var builder = new NpgsqlDataSourceBuilder(ConnectionString);
        ConnectionDefaults.Apply(builder.ConnectionStringBuilder, throughPooler: false);
        _both = builder.Build();
        Log = new LogDatabase(_both);
        await SchemaMigrator.MigrateAsync(Log.Primary, new SettableClock(EventStoreDatabase.MigratedAt), default);
        await SettableClock.RuleAsync(Log.Primary);
        await CaughtUpAsync();
    }

    internal PostgresEventStore OpenStore() =>
        new("test", Log, new SettableClock(EventStoreDatabase.MigratedAt), NullLogger<PostgresEventStore>.Instance);

    /// <summary>Waits until the standby has replayed all that the primary has written.</summary>
    public async Task CaughtUpAsync()
    {
        var end = await QueryAsync<string>(Primary, "select pg_current_wal_flush_lsn()::text");
        await UntilAsync(Standby, $"select pg_last_wal_replay_lsn() >= '{end}'");
    }

    /// <summary>From now on the primary acknowledges a commit only when the standby has it on its disk, too.</summary>
    public async Task MakeSynchronousAsync()
    {
        await QueryAsync<object>(Primary, "alter system set synchronous_standby_names = '*'");
        await QueryAsync<bool>(Primary, "select pg_reload_conf()");
        await UntilAsync(Primary, "select exists (select from pg_stat_replication where sync_state = 'sync')");
    }

    /// <summary>As a power cut does: no goodbye, no last write.</summary>
    public void KillPrimary() => Kill(Path.Combine(_folder, "primary", "postgres"));

    public void KillStandby() => Kill(StandbyData);

    public Task PromoteAsync() => QueryAsync<bool>(Standby, "select pg_promote()");

    public static async Task<T?> QueryAsync<T>(NpgsqlDataSource server, string sql)
    {
        await using var command = server.CreateCommand(sql);
        return (T?)await command.ExecuteScalarAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var source in new[] { _both, Primary, Standby })
        {
            await source.DisposeAsync();
        }

        await _standby.DisposeAsync();
        await _primary.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static Task UntilAsync(NpgsqlDataSource server, string sql) =>
        Wait.UntilAsync(() => QueryAsync<bool>(server, sql).GetAwaiter().GetResult(), Deadline);

    private static void Kill(string data)
    {
        using var server = Process.GetProcessById(PostmasterFile.Read(data)!.ProcessId);
        server.Kill();
        server.WaitForExit(Deadline);
    }

    private async Task StartStandbyAsync(NpgsqlConnectionStringBuilder primary, int port)
    {
        var folder = Directory.CreateDirectory(Path.GetDirectoryName(StandbyData)!).FullName;
        var log = Path.Combine(folder, "log");
        await File.WriteAllTextAsync(log, "");
        var binaries = await ServerBinaries.FindAsync(PostgresOwner.Small(folder).BinDirectory, null, default);
        var user = await ServerUser.ChooseAsync(folder, StandbyData, default);
        await user.OwnAsync(folder, default);
        await user.OwnAsync(log, default);
        var connection = $"host=127.0.0.1 port={primary.Port} user={primary.Username} password={primary.Password} sslmode=disable";
        var copy = Path.Combine(binaries.Folder, "pg_basebackup");
        var (status, output) = await Shell.RunAsync(
            [.. user.Prefix, copy, "-D", StandbyData, "-X", "stream", "-c", "fast", "-R", "-d", connection], default);
        Assert.True(status == 0, output);
        _standby = SupervisedProcess.Start(user, log, TimeSpan.FromSeconds(3), [binaries.Server, "-D", StandbyData, "-p", $"{port}"]);
    }

    private bool StandbyAnswers()
    {
        Assert.False(_standby.HasExited, _standby.HasExited ? _standby.Output() : "");
        try
        {
            return QueryAsync<bool>(Standby, "select pg_is_in_recovery()").GetAwaiter().GetResult();
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }
}
