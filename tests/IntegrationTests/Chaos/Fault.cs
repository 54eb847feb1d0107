namespace IntegrationTests.Chaos;

/// <summary>What can happen to processes and what lies between them.</summary>
internal enum Fault
{
    /// <summary>SIGKILL of an instance, which is started again.</summary>
    Kill,

    /// <summary>SIGKILL of all instances of a service at once, and all are started again.</summary>
    KillAll,

    /// <summary>An instance is stopped for longer than the broker waits for it, then goes on as if nothing had been.</summary>
    Stall,

    /// <summary>The same; meanwhile its database sessions, and with them its locks, pass on to others.</summary>
    StallAndCut,

    /// <summary>The same; meanwhile the broker is lost as well: it wakes up with messages and offsets of the one before.</summary>
    StallOverLoss,

    /// <summary>The broker is killed, with all that it held.</summary>
    LoseBroker,

    /// <summary>PostgreSQL restarts in order.</summary>
    RestartPostgres,

    /// <summary>PostgreSQL crashes.</summary>
    CrashPostgres,

    /// <summary>All database sessions of an instance are ended by the server.</summary>
    CutDatabase,

    /// <summary>All connections to the broker are reset.</summary>
    CutBroker,

    /// <summary>An instance comes, one that was there is replaced, and the new one goes.</summary>
    Rebalance,
}
