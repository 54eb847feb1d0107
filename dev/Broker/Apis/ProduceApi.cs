using Confluent.Kafka;
using Payments.Broker.Log;
using Payments.Broker.Protocol;

namespace Payments.Broker.Apis;

/// <summary>Writes batches.</summary>
internal sealed class ProduceApi(TopicTable topics, WriteFaults faults, TimeProvider clock)
{
    public PendingAnswer? Produce(Request request, WireWriter answer)
    {
        var reader = request.Reader;
        var fault = reader.NullableText() is null ? faults.Next() : new(ErrorCode.TransactionalIdAuthorizationFailed);
        answer.IsUnwanted = reader.Int16() == 0; // How many must have it before it is answered: here there is one.
        reader.Int32(); // Timeout: it takes none.

        var topicsCount = Math.Max(0, reader.Count());
        answer.Int32(topicsCount);
        for (var i = 0; i < topicsCount; i++)
        {
            var name = reader.TextUtf8();
            var topic = topics.Find(name);
            var partitionsCount = Math.Max(0, reader.Count());
            answer.TextUtf8(name);
            answer.Int32(partitionsCount);
            for (var j = 0; j < partitionsCount; j++)
            {
                var partition = reader.Int32();
                var records = reader.Bytes();
                var result = fault is { IsWritten: false } ? new(fault.Error)
                    : topic?[partition] is { } log ? log.Append(records)
                    : new(ErrorCode.UnknownTopicOrPart);
                if (fault is { IsWritten: true })
                    result = new(fault.Error);

                answer.Int32(partition);
                answer.Error(result.Error);
                answer.Int64(result.Offset);
                answer.Int64(-1); // The time of the append: messages keep their producer's.
                if (request.Version >= 5)
                    answer.Int64(result.LogStart);
            }
        }

        if (fault is { IsLate: true })
            return new LateAnswer(WriteThrottleTime, clock);
        WriteThrottleTime(answer);
        return null;

        static void WriteThrottleTime(WireWriter answer) => answer.Int32(0);
    }
}
