using Payments.Broker.Log;
using Payments.Broker.Protocol;

namespace Payments.Broker.Apis;

/// <summary>Reads batches: at once if there are enough, else as soon as there are, or when the reader has waited long enough.</summary>
internal sealed class FetchApi(TopicTable topics, TimeProvider clock)
{
    /// <summary>What a reader asks for.</summary>
    /// <param name="TopicUtf8">Its name, said back.</param>
    internal sealed record Topic(byte[] TopicUtf8, Partition[] Partitions);

    /// <param name="Log">Nothing if there is no such partition.</param>
    internal readonly record struct Partition(int Number, PartitionLog? Log, long Offset, int BytesMax);

    public PendingAnswer? Fetch(Request request, WireWriter answer)
    {
        var version = request.Version;
        var reader = request.Reader;
        reader.Int32(); // The replica that asks: a consumer.
        var waitMax = TimeSpan.FromMilliseconds(Math.Max(0, reader.Int32()));
        var bytesMin = reader.Int32();
        var bytesMax = reader.Int32();
        reader.UInt8(); // Isolation: without transactions all is committed.
        var session = 0;
        if (version >= 7)
        {
            session = reader.Int32();
            reader.Int32();
        }

        var wanted = ReadTopics(version, ref reader);
        var start = answer.Length;
        var fetch = new Fetched(version, bytesMax, session, wanted);
        fetch.Write(answer);
        if (fetch.Bytes >= bytesMin || fetch.HasErrors || waitMax == TimeSpan.Zero)
            return null;

        answer.Length = start;
        return new PendingFetch(fetch, bytesMin, waitMax, clock);
    }

    private Topic[] ReadTopics(short version, ref WireReader reader)
    {
        var wanted = new Topic[Math.Max(0, reader.Count())];
        for (var i = 0; i < wanted.Length; i++)
        {
            var name = reader.TextUtf8();
            var topic = topics.Find(name);
            var partitions = new Partition[Math.Max(0, reader.Count())];
            for (var j = 0; j < partitions.Length; j++)
            {
                var number = reader.Int32();
                if (version >= 9)
                    reader.Int32(); // The leader's epoch: it never changes.
                var offset = reader.Int64();
                if (version >= 5)
                    reader.Int64(); // Where the log starts, for replicas.
                partitions[j] = new(number, topic?[number], offset, reader.Int32());
            }

            wanted[i] = new(topic?.NameUtf8 ?? name.ToArray(), partitions);
        }

        return wanted;
    }
}
