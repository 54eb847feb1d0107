using System.Text.Json;
using Payments.Domain;
using Payments.Domain.Wallets;
using Payments.Domain.Wire;
using Payments.EventStore;
using Payments.EventStore.Aggregates;
using Payments.EventStore.Projections;
using Payments.Messaging;
using Payments.Messaging.Consuming;
using Payments.Services;

namespace Payments.WalletService.Wallets;

/// <summary>How the wallet aggregate is stored, sent and shown, and what the messages it gets mean.</summary>
internal static class WalletAggregate
{
    /// <summary>Money that comes in or goes out by hand, against the outside world.</summary>
    private const string OutsideAccount = "card-clearing";

    /// <summary>Money between the payee's credit and the payer's capture: zero whenever no payment is on its way.</summary>
    private const string InTransitAccount = "suspense";

    public static readonly AggregateDefinition<Wallet, WalletEvent> Definition = new()
    {
        StreamType = "wallet",
        Evolve = Wallet.Evolve,
        Decode = StoredEvents.Decode<WalletEvent>,
        Encode = WireFormat.Encode,
        Snapshots = new(StateFormat.Schema, StateFormat.Encode, StateFormat.DecodeWallet),
        RoutingKey = (wallet, _) => RoutingKey.ForUser(wallet.Owner.Value),
        Project = Project,
    };

    public static InlineProjection Projection(IEventStore store) => new InlineProjection<Wallet, WalletEvent>(Definition, store)
    {
        Name = "wallets",
        Version = 1,
        Tables = ["wallets", "ledger_entries"],
        Filter = new EventFilter { StreamType = Definition.StreamType },
    };

    public static readonly ConsumerDefinition<Wallet, WalletEvent> Consumer = new()
    {
        Name = ConsumerNames.Wallet,
        Topics = [Topics.WalletCommands],
        Aggregate = Definition,
        Interpret = message =>
        {
            var command = (WalletCommand)StoredEvents.Decode(message);
            return new(Definition.Stream(WalletOf(command).Value), (wallet, now) => Wallet.Decide(wallet, command, now));
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

    private static IEnumerable<ProjectionRow> Project(Change<Wallet, WalletEvent> change)
    {
        var wallet = change.After.State!;
        yield return new("wallets", JsonSerializer.SerializeToUtf8Bytes(WalletView.Of(wallet, change.After.Version), WalletJson.Default.WalletView));

        // The balance after the last event is known; those before it follow backwards from the amounts.
        var balance = wallet.Posted.Minor;
        foreach (var (e, stored, version) in change.Events.Reverse())
        {
            if (Movement(e) is not var (kind, movement, amount, account, counterparty, reference))
            {
                continue;
            }

            var row = new LedgerRow(
                wallet.Id.Value, version, kind, movement, amount, wallet.Currency.Code, balance, account, counterparty?.Value, reference, change.DecidedAt);
            balance -= amount;
            yield return new("ledger_entries", JsonSerializer.SerializeToUtf8Bytes(row, WalletJson.Default.LedgerRow));
        }
    }

    private static (string Kind, Guid Movement, long Amount, string Account, WalletId? Counterparty, string? Reference)? Movement(WalletEvent e) => e switch
    {
        WalletEvent.Deposited d => ("deposit", d.Movement.Value, d.Amount.Minor, OutsideAccount, null, d.Reference),
        WalletEvent.Withdrawn d => ("withdrawal", d.Movement.Value, -d.Amount.Minor, OutsideAccount, null, d.Reference),
        WalletEvent.FundsCredited c => ("payment_in", c.Operation.Value, c.Amount.Minor, InTransitAccount, c.Payer, null),
        WalletEvent.HoldCaptured c => ("payment_out", c.Operation.Value, -c.Amount.Minor, InTransitAccount, c.Payee, null),
        _ => null, // No money moved: opened, held, released, refused.
    };
}
