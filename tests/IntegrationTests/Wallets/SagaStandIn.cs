using IntegrationTests.Messaging;
using Payments.Contracts.Wire;
using Payments.Domain.Wallets;
using Payments.Messaging.Envelope;
using Payments.Messaging.Topics;

namespace IntegrationTests.Wallets;

/// <summary>Sends commands to wallets as the saga service does: in order, each telling the one before it on its partition.</summary>
internal sealed class SagaStandIn(BrokerFixture broker)
{
    private readonly Dictionary<int, long> _last = [];

    public long Position { get; private set; }

    public IEnumerable<(int Partition, long Position)> LastOfPartitions => _last.Select(p => (p.Key, p.Value));

    public void Send(IReadOnlyList<WalletCommand> commands) => broker.Send([.. commands.Select(Message)]);

    private Message Message(WalletCommand command)
    {
        var (wallet, operation) = command switch
        {
            WalletCommand.Hold c => (c.Wallet, c.Operation),
            WalletCommand.Release c => (c.Wallet, c.Operation),
            WalletCommand.Capture c => (c.Wallet, c.Operation),
            WalletCommand.Credit c => (c.Wallet, c.Operation),
            WalletCommand.ReverseCredit c => (c.Wallet, c.Operation),
            _ => throw new ArgumentException($"{command} is not sent by sagas."),
        };
        var key = RoutingKey.ForWallet(wallet.Value);
        var partition = PaymentEventsPartitioner.PartitionOf(PlatformTopics.WalletCommands, key);
        var (name, schema, json) = WireFormat.Encode(command);
        var headers = new MessageHeaders
        {
            Id = Guid.CreateVersion7(),
            Type = name,
            Schema = schema,
            Source = "sagas",
            Position = ++Position,
            Previous = _last.GetValueOrDefault(partition),
            Stream = $"saga/{operation}",
            Version = Position,
            Correlation = operation.Value,
            Actor = "tests",
            Recorded = DateTimeOffset.UtcNow,
        };
        _last[partition] = Position;
        return new(PlatformTopics.WalletCommands.Name, partition, Offset: 0, key, headers, json);
    }
}
