using System.Collections.Concurrent;
using System.Text;

namespace Payments.Broker.Log;

/// <summary>The topics of the broker by name.</summary>
internal sealed class TopicTable(int retainedBytesMax)
{
    /// <summary>Kafka's own limit.</summary>
    private const int NameCharsMax = 249;

    private readonly ConcurrentDictionary<string, TopicLogs> _topics = new(StringComparer.Ordinal);

    public IEnumerable<TopicLogs> All => _topics.Values;

    public TopicLogs? Find(string name) => _topics.GetValueOrDefault(name);

    /// <summary>Without a string of its own: asked for every request.</summary>
    public TopicLogs? Find(ReadOnlySpan<byte> nameUtf8)
    {
        Span<char> name = stackalloc char[NameCharsMax];
        return Encoding.UTF8.TryGetChars(nameUtf8, name, out var length)
            && _topics.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name[..length], out var topic)
                ? topic
                : null;
    }

    /// <summary>False if there is one of that name.</summary>
    public bool TryAdd(string name, int partitions) => _topics.TryAdd(name, new(name, partitions, retainedBytesMax));

    /// <summary>False if there was none of that name.</summary>
    public bool Remove(string name) => _topics.TryRemove(name, out _);

    /// <summary>The topics stay, and all that was in them is gone.</summary>
    public void Empty()
    {
        foreach (var (name, topic) in _topics)
            _topics[name] = new(name, topic.Count, retainedBytesMax);
    }

    /// <summary>Whether Kafka would take a topic of that name.</summary>
    public static bool IsName(string name) =>
        name.Length is > 0 and <= NameCharsMax
        && name is not ("." or "..")
        && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-');
}

/// <summary>One topic: a log for each partition.</summary>
internal sealed class TopicLogs(string name, int partitions, int retainedBytesMax)
{
    private readonly PartitionLog[] _partitions = [.. Enumerable.Range(0, partitions).Select(_ => new PartitionLog(retainedBytesMax))];

    public string Name => name;

    public byte[] NameUtf8 { get; } = Encoding.UTF8.GetBytes(name);

    public int Count => _partitions.Length;

    /// <summary>Nothing for a partition that is not there.</summary>
    public PartitionLog? this[int partition] => (uint)partition < (uint)_partitions.Length ? _partitions[partition] : null;
}
