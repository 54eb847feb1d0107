namespace Payments.Standalone.Postgres;

/// <summary>The private PostgreSQL of another process, which has started it and stops it.</summary>
public sealed class RunningPostgres
{
    private readonly int _port;
    private readonly string _password;

    private RunningPostgres(int port, string password)
    {
        _port = port;
        _password = password;
    }

    /// <summary>Finds the server that runs on a data folder; null when none does, or when it is not ready.</summary>
    /// <exception cref="CannotStartException">It runs, and its password is not there.</exception>
    public static RunningPostgres? Find(string dataFolder)
    {
        var folder = Path.GetFullPath(dataFolder);
        return PostmasterFile.Read(Cluster.DataIn(folder)) is { IsReady: true } file && file.IsServerAlive()
            ? new RunningPostgres(file.Port, Cluster.ReadPassword(folder))
            : null;
    }

    /// <inheritdoc cref="PrivatePostgres.ConnectionString"/>
    public string ConnectionString(string database) => Cluster.ConnectionString(_port, _password, database);
}
