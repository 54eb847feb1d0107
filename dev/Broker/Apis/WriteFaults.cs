using System.Collections.Concurrent;
using Confluent.Kafka;

namespace Payments.Broker.Apis;

/// <summary>For tests: what goes wrong with the next requests to write, one fault each.</summary>
internal sealed class WriteFaults
{
    private readonly ConcurrentQueue<WriteFault> _faults = new();

    public void Add(WriteFault fault) => _faults.Enqueue(fault);

    /// <summary>Asked once for each request; nothing if all goes well.</summary>
    public WriteFault? Next() => _faults.TryDequeue(out var fault) ? fault : null;
}

/// <param name="Error">What the client is told.</param>
/// <param name="IsWritten">Whether its messages are written nevertheless.</param>
/// <param name="IsLate">Whether it is told only when it has sent its next request, or has waited for some seconds.</param>
internal sealed record WriteFault(ErrorCode Error, bool IsWritten = false, bool IsLate = false);
