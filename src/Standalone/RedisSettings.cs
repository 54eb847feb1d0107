namespace Payments.Standalone;

/// <summary>The settings of a Redis of our own: in memory only, on 127.0.0.1, behind a password. AppHost has this file, too.</summary>
internal static class RedisSettings
{
    private const int MemoryMbMax = 64;

    /// <summary>Writes a new file that only we may read: arguments are for everybody to see.</summary>
    /// <param name="port">Null: it is told otherwise.</param>
    public static async Task WriteAsync(string file, int? port, string password, CancellationToken cancel)
    {
        await using var stream = new FileStream(file, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        await using var writer = new StreamWriter(stream);
        await writer.WriteAsync(
            $"""
            bind 127.0.0.1
            {(port is null ? "" : $"port {port}")}
            requirepass {password}
            daemonize no
            save ""
            appendonly no
            maxmemory {MemoryMbMax}mb
            maxmemory-policy allkeys-lru

            """.AsMemory(),
            cancel);
    }
}
