namespace Payments.Standalone;

/// <summary>The folder that holds everything a Standalone keeps, locked for as long as this object lives: one process per folder.</summary>
public sealed class DataFolder : IDisposable
{
    // EWOULDBLOCK of flock(2), which FileShare.None is on Linux.
    private const int WouldBlock = 11;

    private readonly FileStream _lock;

    private DataFolder(string path, FileStream heldLock)
    {
        Path = path;
        _lock = heldLock;
    }

    /// <summary>The full path, without symbolic links being followed.</summary>
    public string Path { get; }

    /// <summary>Where logs go. Exists.</summary>
    public string Logs => Directory.CreateDirectory(System.IO.Path.Combine(Path, "logs")).FullName;

    /// <summary>Makes the folder if it is missing and locks it. The kernel frees the lock when the process ends, however it ends.</summary>
    /// <exception cref="CannotStartException">Another process has it, or it cannot be written.</exception>
    public static DataFolder Open(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(full);
            var lockFile = System.IO.Path.Combine(full, "lock");
            var folder = new DataFolder(full, new FileStream(lockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            folder.WriteHolder();
            return folder;
        }
        catch (UnauthorizedAccessException trouble)
        {
            throw new CannotStartException(
                $"The data folder {full} cannot be written by user '{Environment.UserName}'. "
                + "Mend its permissions, or set PAYMENTS_DATA_DIR to another folder.",
                trouble);
        }
        catch (IOException trouble) when (trouble.HResult == WouldBlock)
        {
            throw new CannotStartException(
                $"The data folder {full} is in use ({ReadHolder(full)}). Stop that one, or set PAYMENTS_DATA_DIR to another folder.",
                trouble);
        }
        catch (IOException trouble)
        {
            throw new CannotStartException($"The data folder {full} cannot be used: {trouble.Message}", trouble);
        }
    }

    public void Dispose()
    {
        File.Delete(HolderFile(Path));
        _lock.Dispose();
    }

    private void WriteHolder()
    {
        try
        {
            File.WriteAllText(HolderFile(Path), $"{Environment.ProcessId}\n");
        }
        catch
        {
            _lock.Dispose();
            throw;
        }
    }

    private static string ReadHolder(string folder)
    {
        try
        {
            return "process " + File.ReadAllText(HolderFile(folder)).Trim();
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            return "which one is not known";
        }
    }

    // A file of its own: even to read the locked one is to ask for a lock.
    private static string HolderFile(string folder) => System.IO.Path.Combine(folder, "pid");
}
