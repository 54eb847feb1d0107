using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Payments.Messaging.Envelope;
using Payments.Messaging.Topics;

namespace Payments.Messaging.Kafka;

/// <summary>
/// Makes Kafka clients with our settings, whose own words go to our log. Keys and values are plain bytes: <see cref="MessageCodec"/>
/// reads them.
/// </summary>
/// <remarks>
/// What librdkafka says is limited: one line of a facility or error code in half a minute for the whole process. None of it is worse than a
/// warning, because whoever owns a client that has stopped replaces it, and says so where it cannot.
/// </remarks>
public sealed partial class KafkaClientFactory(KafkaOptions options, ILogger<KafkaClientFactory> logger, TimeProvider clock)
{
    private readonly RepeatedLines _repeated = new(clock);

    public KafkaClientFactory(KafkaOptions options, ILogger<KafkaClientFactory> logger)
        : this(options, logger, TimeProvider.System)
    {
    }

    public KafkaOptions Options => options;

    /// <summary>What topics are called on the broker.</summary>
    public BrokerNames Names { get; } = new(options.TopicPrefix);

    /// <summary>A producer, connected in the background. Whoever disposes it flushes it first.</summary>
    public IProducer<byte[], byte[]> CreateProducer(string clientId) =>
        new ProducerBuilder<byte[], byte[]>(KafkaClientConfig.Producer(options, clientId))
            .SetLogHandler((_, line) => Write(line))
            .SetErrorHandler((_, error) => Write(clientId, error))
            .Build();

    /// <summary>A producer of what may be lost, and gives up soon: what is said again all the time.</summary>
    public IProducer<byte[], byte[]> CreateHintProducer(string clientId) =>
        new ProducerBuilder<byte[], byte[]>(KafkaClientConfig.HintProducer(options, clientId))
            .SetLogHandler((_, line) => Write(line))
            .SetErrorHandler((_, error) => Write(clientId, error))
            .Build();

    /// <summary>
    /// A consumer to be finished with partition handlers. Whoever builds it closes it, so that its partitions pass on at once.
    /// </summary>
    public ConsumerBuilder<byte[], byte[]> ConsumerBuilder(string group, string clientId) =>
        new ConsumerBuilder<byte[], byte[]>(KafkaClientConfig.Consumer(options, group, clientId))
            .SetLogHandler((_, line) => Write(line))
            .SetErrorHandler((_, error) => Write(clientId, error));

    /// <summary>
    /// A reader of <see cref="PlatformTopics.ConsumerProgress"/> from now on. The group is only a name that Kafka asks for: the partition
    /// is taken directly and no offset is ever committed.
    /// </summary>
    public IConsumer<byte[], byte[]> CreateProgressConsumer(string group, string clientId)
    {
        var consumer = new ConsumerBuilder<byte[], byte[]>(KafkaClientConfig.HintConsumer(options, group, clientId))
            .SetLogHandler((_, line) => Write(line))
            .SetErrorHandler((_, error) => Write(clientId, error))
            .Build();
        consumer.Assign(new TopicPartitionOffset(Names.OnBroker(PlatformTopics.ConsumerProgress.Name), 0, Offset.End));
        return consumer;
    }

    /// <summary>A client for topics and groups.</summary>
    public IAdminClient CreateAdminClient(string clientId) =>
        new AdminClientBuilder(KafkaClientConfig.Client(options, clientId))
            .SetLogHandler((_, line) => Write(line))
            .SetErrorHandler((_, error) => Write(clientId, error))
            .Build();

    private void Write(LogMessage line)
    {
        var level = Level(line);
        if (logger.IsEnabled(level) && _repeated.Next($"{line.Facility} {level}") is { } leftOut)
        {
            LogLibrary(logger, level, line.Name, line.Facility, line.Message, LeftOut(leftOut));
        }
    }

    // At every start librdkafka warns that the gapless guarantee is experimental. We know, and there is a test of what we need of it.
    private static LogLevel Level(LogMessage line)
    {
        var level = (LogLevel)line.LevelAs(LogLevelType.MicrosoftExtensionsLogging);
        return line.Facility == "CONFWARN" && line.Message.Contains("enable.gapless.guarantee", StringComparison.Ordinal) ? LogLevel.Debug
            : level > LogLevel.Warning ? LogLevel.Warning
            : level;
    }

    private static string LeftOut(int lines) => lines == 0 ? "" : $" (and {lines} more like it)";

    // librdkafka goes on trying by itself after all but a fatal error; and after that one, whoever owns the client makes another.
    private void Write(string clientId, Error error)
    {
        if (error.Code == ErrorCode.Local_AllBrokersDown || _repeated.Next(error.Code.ToString()) is not { } leftOut)
            return; // Each broker that is down has been told of.
        if (error.IsFatal)
            LogFatal(logger, clientId, error.Code, error.Reason, LeftOut(leftOut));
        else
            LogTrouble(logger, clientId, error.Code, error.Reason, LeftOut(leftOut));
    }

    [LoggerMessage(EventId = 100, Message = "{Client} {Facility}: {Text}{LeftOut}")]
    private static partial void LogLibrary(ILogger logger, LogLevel level, string client, string facility, string text, string leftOut);

    [LoggerMessage(EventId = 101, Level = LogLevel.Warning,
        Message = "Kafka client {Client} has trouble, tries again: {Code}, {Reason}{LeftOut}")]
    private static partial void LogTrouble(ILogger logger, string client, ErrorCode code, string reason, string leftOut);

    [LoggerMessage(EventId = 102, Level = LogLevel.Warning,
        Message = "Kafka client {Client} stops and is replaced: {Code}, {Reason}{LeftOut}")]
    private static partial void LogFatal(ILogger logger, string client, ErrorCode code, string reason, string leftOut);
}
