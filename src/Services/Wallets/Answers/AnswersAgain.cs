using System.Threading.Channels;
using Confluent.Kafka;
using Npgsql;
using Payments.EventStore.Contract;
using Payments.Messaging.Envelope;
using Payments.Messaging.Kafka;
using Payments.Messaging.Relay;
using Payments.Messaging.Topics;

namespace Payments.WalletService.Answers;

/// <summary>Commands that came again by message, to be answered once more. Bounded: what does not fit is asked again.</summary>
internal sealed class RepeatedCommands
{
    private const int WaitingMax = 10_000;

    private readonly Channel<Message> _repeated = Channel.CreateBounded<Message>(
        new BoundedChannelOptions(WaitingMax) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    public void Add(Message command) => _repeated.Writer.TryWrite(command);

    public IAsyncEnumerable<Message> ReadAllAsync(CancellationToken cancel) => _repeated.Reader.ReadAllAsync(cancel);
}

/// <summary>Sends the answer to a command once more when the command comes again.</summary>
/// <remarks>
/// A wallet executes a command once, and its answer is in the log. Whoever repeats the command has not got that answer: its message is on
/// the way, or the saga's database was restored to a moment before it asked, and the answer came while it knew of no question. A help and
/// no more: what is lost here is sent when the saga asks again.
/// </remarks>
internal sealed partial class AnswersAgain(
    IEventStore store, RepeatedCommands repeated, KafkaClientFactory clients, SplitSwitch split, ILogger<AnswersAgain> log)
    : BackgroundService
{
    private const int OfCommandMax = 200;

    /// <summary>What a wallet has answered to what a command is about: the events of its stream that belong to the same payment.</summary>
    public static async Task<IReadOnlyList<StoredEvent>> AnswersToAsync(IEventStore store, Message command, CancellationToken cancel)
    {
        var filter = new EventFilter { StreamType = "wallet", CorrelationId = command.Headers.Correlation };
        var events = await store.ReadAllAsync(0, OfCommandMax, filter, cancel);
        return [.. events.Where(e => RoutingKey.ForWallet(Guid.Parse(e.Stream.Key)) == command.RoutingKey)];
    }

    /// <summary>The message: one that only sagas hear, and though they have handled it.</summary>
    public static Message<byte[], byte[]> Encode(string source, LogLineage lineage, StoredEvent answer, Message command) =>
        EventMessage.Encode(
            source, lineage, answer, answer.Position - 1, new ReplayMark(command.Headers.Id, ConsumerNames.Saga, command.Headers.Id));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var producer = clients.CreateProducer("answers-again");
        await foreach (var command in repeated.ReadAllAsync(stoppingToken))
        {
            try
            {
                await AnswerAsync(producer, command, stoppingToken);
            }
            catch (Exception trouble) when (trouble is NpgsqlException or KafkaException or TimeoutException or IOException)
            {
                LogTrouble(log, command.Headers.Id, trouble);
            }
        }
    }

    private async Task AnswerAsync(IProducer<byte[], byte[]> producer, Message command, CancellationToken cancel)
    {
        var answers = await AnswersToAsync(store, command, cancel);
        var lineage = await store.LineageAsync(cancel);
        foreach (var answer in answers)
        {
            var message = Encode(store.Name, lineage, answer, command);
            foreach (var place in TopicSplit.Physical(EventMessage.PlaceOf(answer)!.Value, split.Phase))
            {
                producer.Produce(clients.Names.OnBroker(place), message);
            }
        }

        LogAnswered(log, command.Headers.Id, answers.Count);
    }

    [LoggerMessage(
        EventId = 6003,
        Level = LogLevel.Information,
        Message = "Command {Command} came again: {Count} answers are sent once more")]
    private static partial void LogAnswered(ILogger log, Guid command, int count);

    [LoggerMessage(EventId = 6005, Level = LogLevel.Warning, Message = "Command {Command} came again, and its answer cannot be sent now")]
    private static partial void LogTrouble(ILogger log, Guid command, Exception trouble);
}
