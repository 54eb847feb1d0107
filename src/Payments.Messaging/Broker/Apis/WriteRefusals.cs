using System.Collections.Concurrent;
using Confluent.Kafka;

namespace Payments.Messaging.Broker.Apis;

/// <summary>For tests: the errors with which the next requests to write are refused.</summary>
internal sealed class WriteRefusals
{
    private readonly ConcurrentQueue<ErrorCode> _errors = new();

    public void Add(ErrorCode error) => _errors.Enqueue(error);

    /// <summary>Asked once for each request; nothing if it is not refused.</summary>
    public ErrorCode? Next() => _errors.TryDequeue(out var error) ? error : null;
}
