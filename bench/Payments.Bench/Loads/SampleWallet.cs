using Payments.Contracts.Wire;
using Payments.Domain;
using Payments.Domain.Wallets;
using Payments.EventStore.Aggregates;
using Payments.Hosting;

namespace Payments.Bench.Loads;

/// <summary>A wallet that has paid many times: opened, one deposit, then holds and captures in turn.</summary>
internal static class SampleWallet
{
    private static readonly Currency Euro = Currency.Parse("EUR");
    private static readonly Money Deposit = new(1_000_000_000, Euro);
    private static readonly Money Price = new(2_500, Euro);

    /// <summary>What the wallet service knows of a wallet, as far as loading goes.</summary>
    public static AggregateDefinition<Wallet, WalletEvent> Definition(bool withSnapshots) => new()
    {
        StreamType = "wallet",
        Evolve = Wallet.Evolve,
        Decode = StoredEvents.Decode<WalletEvent>,
        Encode = WireFormat.Encode,
        RoutingKey = (wallet, _) => $"user/{wallet.Owner}",
        Project = _ => [],
        Snapshots = withSnapshots ? new(StateFormat.Schema, StateFormat.Encode, StateFormat.DecodeWallet) : null,
    };

    public static IReadOnlyList<WalletEvent> Events(Guid id, int count)
    {
        var expiry = new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
        var payee = new WalletId(Guid.CreateVersion7());
        var events = new List<WalletEvent>(count)
        {
            new WalletEvent.Opened(new WalletId(id), UserId.Parse("bench-0001"), Euro),
            new WalletEvent.Deposited(new MovementId(Guid.CreateVersion7()), Deposit, null),
        };
        while (events.Count < count)
        {
            var payment = new OperationId(Guid.CreateVersion7());
            events.Add(new WalletEvent.FundsHeld(HoldId.For(payment), payment, Price, expiry, HoldPurpose.Payment, null));
            events.Add(new WalletEvent.HoldCaptured(HoldId.For(payment), payment, Price, Money.Zero(Euro), payee));
        }

        return events[..count];
    }
}
