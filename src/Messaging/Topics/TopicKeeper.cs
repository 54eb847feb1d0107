using Confluent.Kafka;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Payments.Messaging.Kafka;

namespace Payments.Messaging.Topics;

/// <summary>
/// Creates again what the broker loses of our topics while the platform runs: it looks every few seconds, and whoever meets a topic that is
/// unknown has it look at once. What was on them and not consumed is sent again by the relays, which find the ends of their partitions
/// behind their books.
/// </summary>
public sealed partial class TopicKeeper(
    TopicCreator creator, IReadOnlyCollection<Topic> topics, TimeProvider clock, ILogger<TopicKeeper> log) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    /// <summary>Short: a host that stops waits for it.</summary>
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(3);

    private readonly RepeatedLines _repeated = new(clock);
    private readonly SemaphoreSlim _looking = new(1);

    /// <summary>Whether a client's trouble is that a topic or partition is not there.</summary>
    public static bool IsMissingTopic(Exception trouble) => trouble is KafkaException
    {
        Error.Code: ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic or ErrorCode.Local_UnknownPartition
            or ErrorCode.UnknownTopicId,
    };

    /// <summary>Creates what is missing, if this is what the trouble is about. Returns also when that cannot be done now.</summary>
    public Task RestoreAsync(Exception trouble, CancellationToken cancel) =>
        IsMissingTopic(trouble) ? LookAsync(cancel) : Task.CompletedTask;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookEvery, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await LookAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task LookAsync(CancellationToken cancel)
    {
        await _looking.WaitAsync(cancel);
        try
        {
            if (await creator.CreateMissingAsync(topics, AnswerWithin) is { Count: > 0 } created)
            {
                LogRestored(log, string.Join(", ", created.Select(topic => topic.Name)));
            }
        }
        catch (Exception trouble) when (trouble is KafkaException or TopicRefusedException or TopicMismatchException)
        {
            // A broker that is away says nothing about topics, and others tell of it.
            if (trouble is not KafkaException && _repeated.Next(trouble.Message) is not null)
            {
                LogRefused(log, trouble.Message);
            }
        }
        finally
        {
            _looking.Release();
        }
    }

    [LoggerMessage(EventId = 112, Level = LogLevel.Warning,
        Message = "The broker had lost topics, which are created again: {Topics}. What was not consumed is sent again")]
    private static partial void LogRestored(ILogger log, string topics);

    [LoggerMessage(EventId = 113, Level = LogLevel.Error, Message = "Topics that the broker has lost cannot be created again: {Reason}")]
    private static partial void LogRefused(ILogger log, string reason);
}
