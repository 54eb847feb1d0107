using Payments.EventStore.Contract;

namespace Payments.Bench.Appends;

/// <summary>A store that appends are measured on.</summary>
internal interface IAppendTarget : IAsyncDisposable
{
    /// <summary>Stores events durably at the end of a stream that is at the expected version.</summary>
    /// <exception cref="NoResultException">It was not at that version.</exception>
    Task AppendAsync(StreamId stream, long expectedVersion, IReadOnlyList<NewEvent> events, CancellationToken cancel);

    /// <summary>How many events are stored.</summary>
    Task<long> CountAsync(CancellationToken cancel);
}
