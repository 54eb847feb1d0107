using System.Diagnostics;
using System.Runtime.Versioning;
using Npgsql;
using Payments.Standalone;
using Payments.Standalone.Postgres;

namespace IntegrationTests.Standalone;

public sealed class PrivatePostgresTests : IDisposable
{
    private readonly string _folder =
        Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), $"private-postgres-{Guid.NewGuid():N}")).FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    [SupportedOSPlatform("linux")]
    public async Task A_fresh_one_is_durable_checked_private_and_speaks_utf8()
    {
        await using var postgres = await StartAsync();

        Assert.Equal("on", await SettingAsync(postgres, "fsync"));
        Assert.Equal("on", await SettingAsync(postgres, "synchronous_commit"));
        Assert.Equal("on", await SettingAsync(postgres, "full_page_writes"));
        Assert.Equal("on", await SettingAsync(postgres, "data_checksums"));
        Assert.Equal("off", await SettingAsync(postgres, "jit"));
        Assert.Equal("127.0.0.1", await SettingAsync(postgres, "listen_addresses"));
        Assert.Equal("", await SettingAsync(postgres, "unix_socket_directories"));
        Assert.Equal("300", await SettingAsync(postgres, "max_connections"));
        Assert.Equal("UTF8", await SettingAsync(postgres, "server_encoding"));
        Assert.Equal("C", await ScalarAsync<string>(postgres, "postgres", "select max(datcollate) from pg_database"));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_folder, "postgres.password")));
    }

    [Fact]
    public async Task A_wrong_password_is_refused()
    {
        await using var postgres = await StartAsync();
        var wrong = new NpgsqlConnectionStringBuilder(postgres.ConnectionString("postgres")) { Password = "guessed" };

        await using var connection = new NpgsqlConnection(wrong.ConnectionString);
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => connection.OpenAsync());

        Assert.Equal(PostgresErrorCodes.InvalidPassword, refusal.SqlState);
    }

    [Fact]
    public async Task A_database_is_created_once_whatever_its_name()
    {
        await using var postgres = await StartAsync();

        var first = await postgres.CreateDatabaseAsync("it's a \"name\"");
        var second = await postgres.CreateDatabaseAsync("it's a \"name\"");

        Assert.Equal(first, second);
        Assert.Equal("it's a \"name\"", await ScalarAsync<string>(postgres, "it's a \"name\"", "select current_database()::text"));
    }

    [Fact]
    public async Task A_restart_keeps_the_data()
    {
        await using (var postgres = await StartAsync())
            await WriteAsync(postgres, 7);

        await using (var postgres = await StartAsync())
            Assert.Equal(7, await ReadAsync(postgres));
    }

    [Fact]
    public async Task Open_connections_do_not_hold_up_the_stop()
    {
        var postgres = await StartAsync();
        await using var source = NpgsqlDataSource.Create(postgres.ConnectionString("postgres"));
        await using var connection = await source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();

        var stopping = Stopwatch.StartNew();
        await postgres.DisposeAsync();

        Assert.InRange(stopping.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        Assert.Empty(Processes.Mentioning(_folder));
    }

    [Fact]
    public async Task A_second_one_on_the_same_folder_is_refused_and_told_who_has_it()
    {
        await using var postgres = await StartAsync();

        var refusal = await Assert.ThrowsAsync<CannotStartException>(StartAsync);

        Assert.Equal(
            $"The data folder {_folder} is in use (process {Environment.ProcessId}). "
            + "Stop that one, or set PAYMENTS_DATA_DIR to another folder.",
            refusal.Message);
    }

    [Fact]
    [SupportedOSPlatform("linux")]
    public async Task Below_a_folder_that_only_root_may_enter_it_works_for_root()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root can make such a folder.");
        File.SetUnixFileMode(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var below = Path.Combine(_folder, "data");

        await using (var postgres = await PrivatePostgres.StartAsync(PostgresOwner.Small(below)))
            await WriteAsync(postgres, 9);

        await using (var postgres = await PrivatePostgres.StartAsync(PostgresOwner.Small(below)))
            Assert.Equal(9, await ReadAsync(postgres));
    }

    [Fact]
    public async Task Its_server_never_runs_as_root()
    {
        await using var postgres = await StartAsync();

        var status = await File.ReadAllLinesAsync($"/proc/{PostmasterProcessId()}/status");

        // Real, effective, saved and file-system user; and without an untraversable folder no capability either.
        Assert.DoesNotContain("0", status.Single(line => line.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t'));
        Assert.Equal("CapEff:\t0000000000000000", status.Single(line => line.StartsWith("CapEff:", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_folder_without_the_programs_is_named()
    {
        var refusal = await Assert.ThrowsAsync<CannotStartException>(
            () => PrivatePostgres.StartAsync(new PrivatePostgresOptions { DataDirectory = _folder, BinDirectory = "/usr/share" }));

        Assert.Equal(
            "PAYMENTS_POSTGRES_BIN names /usr/share, which does not hold initdb and postgres of version 14 or newer.", refusal.Message);
    }

    [Fact]
    public async Task Data_of_a_version_that_is_not_installed_is_left_alone_and_its_package_named()
    {
        await using (await StartAsync())
        {
        }

        await File.WriteAllTextAsync(Path.Combine(_folder, "postgres", "PG_VERSION"), "99\n");
        var refusal = await Assert.ThrowsAsync<CannotStartException>(StartAsync);

        Assert.Contains("apt-get install postgresql-99", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_cannot_start_says_why()
    {
        await using (await StartAsync())
        {
        }

        await File.AppendAllTextAsync(Path.Combine(_folder, "postgres", "postgresql.auto.conf"), "max_connections = many\n");
        var refusal = await Assert.ThrowsAsync<CannotStartException>(StartAsync);

        Assert.StartsWith($"PostgreSQL could not start on {_folder}/postgres.", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("invalid value for parameter \"max_connections\": \"many\"", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_killed_server_recovers_what_was_committed()
    {
        await using (var postgres = await StartAsync())
        {
            await WriteAsync(postgres, 8);
            Process.GetProcessById(PostmasterProcessId()).Kill();
            await postgres.Exited.WaitAsync(TimeSpan.FromSeconds(10));
        }

        await using (var postgres = await StartAsync())
            Assert.Equal(8, await ReadAsync(postgres));
    }

    [Fact]
    public async Task A_pid_file_whose_number_belongs_to_somebody_else_now_is_no_obstacle()
    {
        await using (await StartAsync())
        {
        }

        await File.WriteAllTextAsync(
            Path.Combine(_folder, "postgres", "postmaster.pid"),
            $"{Environment.ProcessId}\n{_folder}/postgres\n1700000000\n5432\n\n127.0.0.1\n0 0\nready   \n");

        await using var postgres = await StartAsync();
        Assert.Equal(1, await ScalarAsync<int>(postgres, "postgres", "select 1"));
    }

    [Fact]
    public async Task It_ends_with_a_process_that_is_killed_and_the_next_start_waits_for_it_and_finds_the_data()
    {
        using (var owner = await PostgresOwner.StartProcessAsync(_folder))
        {
            var server = PostmasterProcessId();
            owner.Kill();
            await owner.WaitForExitAsync();
            Assert.Contains(server, Processes.Mentioning(_folder));
        }

        // At once: the old server is still shutting down.
        await using (var postgres = await StartAsync())
            Assert.Equal(PostgresOwner.Written, await ReadAsync(postgres));

        Assert.Empty(Processes.Mentioning(_folder));
    }

    [Fact]
    public async Task Nothing_is_left_of_it_after_its_process_was_killed()
    {
        using var owner = await PostgresOwner.StartProcessAsync(_folder);
        Assert.NotEmpty(Processes.Mentioning(_folder));

        owner.Kill();

        await Wait.UntilAsync(() => Processes.Mentioning(_folder).Count == 0, TimeSpan.FromSeconds(10));
    }

    internal static async Task WriteAsync(PrivatePostgres postgres, int value)
    {
        await using var source = NpgsqlDataSource.Create(await postgres.CreateDatabaseAsync("kept"));
        await using var command = source.CreateCommand($"create table kept as select {value} as value");
        await command.ExecuteNonQueryAsync();
    }

    private static Task<int> ReadAsync(PrivatePostgres postgres) => ScalarAsync<int>(postgres, "kept", "select value from kept");

    private static Task<string> SettingAsync(PrivatePostgres postgres, string name) =>
        ScalarAsync<string>(postgres, "postgres", $"select current_setting('{name}')");

    private static async Task<T> ScalarAsync<T>(PrivatePostgres postgres, string database, string sql)
    {
        await using var source = NpgsqlDataSource.Create(postgres.ConnectionString(database));
        await using var command = source.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    private int PostmasterProcessId() => PostmasterFile.Read(Path.Combine(_folder, "postgres"))!.ProcessId;

    private Task<PrivatePostgres> StartAsync() => PrivatePostgres.StartAsync(PostgresOwner.Small(_folder));
}
