using System.Globalization;
using System.Security.Cryptography;
using Npgsql;

namespace Payments.Standalone.Postgres;

/// <summary>
/// The files of a private cluster: <c>postgres/</c>, <c>postgres.password</c> and <c>logs/postgres.log</c> in the data folder.
/// </summary>
internal sealed class Cluster(DataFolder folder)
{
    public const string Superuser = "payments";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerOnlyFolder = OwnerOnly | UnixFileMode.UserExecute;
    private const int LogBytesMax = 10 * 1024 * 1024;

    public string Data => DataIn(folder.Path);

    public string Log => Path.Combine(folder.Logs, "postgres.log");

    public bool Exists => ExistsIn(folder.Path);

    /// <summary>The version of PostgreSQL that made the cluster; null when there is none yet.</summary>
    public int? Major => Exists
        ? int.Parse(File.ReadAllText(Path.Combine(Data, "PG_VERSION")).Trim(), CultureInfo.InvariantCulture)
        : null;

    private string PasswordFile => PasswordFileIn(folder.Path);

    public static string DataIn(string folder) => Path.Combine(folder, "postgres");

    public static bool ExistsIn(string folder) => File.Exists(Path.Combine(DataIn(folder), "PG_VERSION"));

    public static string ReadPassword(string folder) => File.Exists(PasswordFileIn(folder))
        ? File.ReadAllText(PasswordFileIn(folder))
        : throw new CannotStartException(
            $"{PasswordFileIn(folder)} is missing. Put it back, or move {DataIn(folder)} away to start afresh.");

    /// <summary>How its superuser reaches a database of the server. Keep it out of logs: the password is in it.</summary>
    public static string ConnectionString(int port, string password, string database) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = port,
        Username = Superuser,
        Password = password,
        Database = database,
        // On loopback neither is of use, and each costs a round trip.
        SslMode = SslMode.Disable,
        GssEncryptionMode = GssEncryptionMode.Disable,
    }.ConnectionString;

    /// <summary>Makes the log if it is missing and starts a new one when it has grown long.</summary>
    public async Task PrepareLogAsync(ServerUser user, CancellationToken cancel)
    {
        if (new FileInfo(Log) is { Exists: true, Length: > LogBytesMax })
            File.Move(Log, Log + ".1", overwrite: true);
        await OpenFile(Log, FileMode.OpenOrCreate).DisposeAsync();
        await user.OwnAsync(Log, cancel);
    }

    /// <summary>
    /// initdb, in a folder beside that takes the final name only when it is complete: a start that is cut off leaves no half cluster.
    /// </summary>
    public async Task CreateAsync(ServerBinaries binaries, ServerUser user, TimeSpan patience, CancellationToken cancel)
    {
        var unfinished = Data + ".new";
        if (Directory.Exists(unfinished))
            Directory.Delete(unfinished, recursive: true);
        Directory.CreateDirectory(unfinished, OwnerOnlyFolder);
        await user.OwnAsync(unfinished, cancel);
        await WritePasswordAsync(user, cancel);

        await using var initdb = SupervisedProcess.Start(user, Log, patience,
        [
            binaries.Initdb, "--pgdata", unfinished, "--username", Superuser, "--pwfile", PasswordFile, "--auth", "scram-sha-256",
            "--encoding", "UTF8", "--locale", "C", "--data-checksums", "--no-instructions",
        ]);
        if (await initdb.ExitAsync(cancel) != 0)
            throw new CannotStartException(Trouble.Explain($"PostgreSQL could not make its data in {Data}", initdb.Output()));
        Directory.Move(unfinished, Data);
    }

    /// <summary>Writes postgresql.conf anew, so that data made by an earlier version of ours gets the settings of this one.</summary>
    public async Task ConfigureAsync(PrivatePostgresOptions options, ServerUser user, CancellationToken cancel)
    {
        var file = Path.Combine(Data, "postgresql.conf");
        var unfinished = file + ".new";
        await using (var writer = new StreamWriter(OpenFile(unfinished, FileMode.Create)))
            await writer.WriteAsync(Configuration(options).AsMemory(), cancel);
        await user.OwnAsync(unfinished, cancel);
        File.Move(unfinished, file, overwrite: true);
    }

    private static string PasswordFileIn(string folder) => Path.Combine(folder, "postgres.password");

    private async Task WritePasswordAsync(ServerUser user, CancellationToken cancel)
    {
        await using (var file = OpenFile(PasswordFile, FileMode.Create))
        {
            await file.WriteAsync(System.Text.Encoding.ASCII.GetBytes(RandomNumberGenerator.GetHexString(32, lowercase: true)), cancel);
            file.Flush(flushToDisk: true);
        }

        await user.OwnAsync(PasswordFile, cancel);   // initdb reads it.
    }

    private static FileStream OpenFile(string path, FileMode mode) =>
        new(path, new FileStreamOptions { Mode = mode, Access = FileAccess.Write, UnixCreateMode = OwnerOnly });

    // The port is on the command line: it is another at every start.
    private static string Configuration(PrivatePostgresOptions options) => $"""
        # Written at every start. To change a setting for good, use ALTER SYSTEM, which wins over this file.

        listen_addresses = '127.0.0.1'
        unix_socket_directories = ''
        max_connections = {options.ConnectionsMax}
        password_encryption = 'scram-sha-256'

        shared_buffers = {options.SharedBuffersMb}MB
        # Short statements, many times: compiling one costs more than it saves.
        jit = off

        # Durable: a commit that was answered survives a power cut.
        fsync = on
        synchronous_commit = on
        full_page_writes = on
        wal_compression = on
        max_wal_size = {options.WalMbMax}MB
        min_wal_size = {Math.Min(options.WalMbMax, 256)}MB
        checkpoint_timeout = 15min
        checkpoint_completion_target = 0.9

        timezone = 'UTC'
        log_timezone = 'UTC'
        lc_messages = 'C'
        log_line_prefix = '%m [%p] %d '
        log_checkpoints = off

        """;
}
