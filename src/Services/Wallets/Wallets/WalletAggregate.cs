using Payments.Contracts.Wire;
using Payments.Domain;
using Payments.Domain.Wallets;
using Payments.EventStore.Aggregates;
using Payments.EventStore.Contract;
using Payments.EventStore.Projections;
using Payments.Hosting;
using Payments.Messaging.Consuming;
using Payments.Messaging.Envelope;
using Payments.Messaging.Topics;
using Payments.WalletService.Answers;

namespace Payments.WalletService.Wallets;

/// <summary>How the wallet aggregate is stored, sent and shown, and what the messages it gets mean.</summary>
internal static class WalletAggregate
{
    public static readonly AggregateDefinition<Wallet, WalletEvent> Definition = new()
    {
        StreamType = "wallet",
        Evolve = Wallet.Evolve,
        Decode = StoredEvents.Decode<WalletEvent>,
        Encode = WireFormat.Encode,
        Snapshots = new(StateFormat.Schema, StateFormat.Encode, StateFormat.DecodeWallet),
        RoutingKey = (wallet, _) => RoutingKey.ForUser(wallet.Owner.Value),
        Project = WalletRows.Of,
    };

    public static InlineProjection Projection(IEventStore store) => new InlineProjection<Wallet, WalletEvent>(Definition, store)
    {
        Name = "wallets",
        Version = WalletRows.Version,
        Tables = WalletRows.Tables,
        Filter = new EventFilter { StreamType = Definition.StreamType },
    };

    /// <param name="repeated">Hears of a command that came again, and to which the answer is in the log.</param>
    public static ConsumerDefinition<Wallet, WalletEvent> Consumer(
        WalletRules rules, Action<Message>? repeated = null) => new()
        {
            Name = ConsumerNames.Wallet,
            Topics = [PlatformTopics.WalletCommands],
            Aggregate = Definition,
            Interpret = message =>
            {
                var command = StoredEvents.Decode(message) as WalletCommand
                    ?? throw new WireFormatException($"'{message.Headers.Type}' is no command to a wallet.");
                return new(
                    Definition.Stream(WalletOf(command).Value),
                    (wallet, now) => Wallet.Decide(wallet, command, now, rules),
                    WhenNothing: repeated is null ? null : _ => repeated(message),
                    AnsweredOnce: Acts.KeyOf(command));
            },
        };

    private static WalletId WalletOf(WalletCommand command) => command switch
    {
        WalletCommand.Hold c => c.Wallet,
        WalletCommand.Release c => c.Wallet,
        WalletCommand.Capture c => c.Wallet,
        WalletCommand.Credit c => c.Wallet,
        WalletCommand.ReverseCredit c => c.Wallet,
        _ => throw new WireFormatException($"{command.GetType().Name} is no command that comes by message."),
    };
}
