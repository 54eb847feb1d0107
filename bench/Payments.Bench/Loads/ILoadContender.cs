using Payments.EventStore.Contract;

namespace Payments.Bench.Loads;

/// <summary>One way to load a wallet's state from PostgreSQL.</summary>
internal interface ILoadContender
{
    string Name { get; }

    /// <summary>Loads each stream once, one after another, remembering nothing between them.</summary>
    /// <returns>How long each took in milliseconds, and the sum of the balances that were found, in minor units.</returns>
    Task<(IReadOnlyList<double> Ms, long Posted)> LoadAsync(IReadOnlyList<StreamId> streams, CancellationToken cancel);
}
