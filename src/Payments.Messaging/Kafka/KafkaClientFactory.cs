using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Payments.Messaging;

/// <summary>
/// Makes Kafka clients with our settings, whose own words go to our log. Keys and values are plain bytes: <see cref="MessageCodec"/>
/// reads them.
/// </summary>
public sealed partial class KafkaClientFactory(KafkaOptions options, ILogger<KafkaClientFactory> logger)
{
    public KafkaOptions Options => options;

    /// <summary>A producer, connected in the background. Whoever disposes it flushes it first.</summary>
    public IProducer<byte[], byte[]> CreateProducer(string clientId) =>
        new ProducerBuilder<byte[], byte[]>(KafkaClientConfig.Producer(options, clientId))
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

    /// <summary>A client for topics and groups.</summary>
    public IAdminClient CreateAdminClient(string clientId) =>
        new AdminClientBuilder(KafkaClientConfig.Client(options, clientId))
            .SetLogHandler((_, line) => Write(line))
            .SetErrorHandler((_, error) => Write(clientId, error))
            .Build();

    private void Write(LogMessage line) => LogLibrary(logger, Level(line), line.Name, line.Facility, line.Message);

    // At every start librdkafka warns that the gapless guarantee is experimental. We know, and there is a test of what we need of it.
    private static LogLevel Level(LogMessage line) =>
        line.Facility == "CONFWARN" && line.Message.Contains("enable.gapless.guarantee", StringComparison.Ordinal)
            ? LogLevel.Debug
            : (LogLevel)line.LevelAs(LogLevelType.MicrosoftExtensionsLogging);

    // Anything but a fatal error is for information: librdkafka goes on trying by itself.
    private void Write(string clientId, Error error)
    {
        if (error.IsFatal)
            LogFatal(logger, clientId, error.Code, error.Reason);
        else
            LogTrouble(logger, clientId, error.Code, error.Reason);
    }

    [LoggerMessage(EventId = 100, Message = "{Client} {Facility}: {Text}")]
    private static partial void LogLibrary(ILogger logger, LogLevel level, string client, string facility, string text);

    [LoggerMessage(EventId = 101, Level = LogLevel.Warning, Message = "Kafka client {Client} has trouble, tries again: {Code}, {Reason}")]
    private static partial void LogTrouble(ILogger logger, string client, ErrorCode code, string reason);

    [LoggerMessage(EventId = 102, Level = LogLevel.Error, Message = "Kafka client {Client} has stopped for good: {Code}, {Reason}")]
    private static partial void LogFatal(ILogger logger, string client, ErrorCode code, string reason);
}
