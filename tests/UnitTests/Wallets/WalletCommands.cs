using FsCheck;
using FsCheck.Fluent;
using Payments.Domain;
using Payments.Domain.Wallets;
using static UnitTests.Wallets.WalletScenario;

namespace UnitTests.Wallets;

/// <summary>Random commands to one wallet: few payments and small amounts, so that they meet, and now and then something absurd.</summary>
internal static class WalletCommands
{
    private static readonly Gen<Money> Amount = Gen.Frequency(
        (20, Gen.Choose(1, 3_000).Select(minor => Euro(minor))),
        (1, Gen.Elements(0, -1, long.MinValue, long.MaxValue, Money.AmountMinorMax, Money.AmountMinorMax + 1).Select(Euro)),
        (1, Gen.Choose(1, 3_000).Select(minor => new Money(minor, Usd))));

    private static readonly Gen<PaymentId> Payments = Gen.Choose(1, 8).Select(Payment);

    private static readonly Gen<WalletCommand> Command = Gen.Frequency(
        (1, Gen.Constant<WalletCommand>(new WalletCommand.Open(Anna, UserId.Parse("anna"), Eur))),
        (3, About((payment, amount) => new WalletCommand.Deposit(MovementId.For(payment), amount, null))),
        (2, About((payment, amount) => new WalletCommand.Withdraw(MovementId.For(payment), amount, null))),
        (5, About((payment, amount) => new WalletCommand.Hold(Anna, HoldId.For(payment), payment, amount, LifetimeSeconds))),
        (2, About((payment, _) => new WalletCommand.Release(Anna, HoldId.For(payment), payment))),
        (4, About((payment, amount) => new WalletCommand.Capture(Anna, HoldId.For(payment), payment, amount, Ben))),
        (3, About((payment, amount) => new WalletCommand.Credit(Anna, payment, amount, Ben))));

    /// <summary>A wallet's life: it is opened first; a failing one is shown with the commands that it does not need left out.</summary>
    public static readonly Arbitrary<WalletCommand[]> Lives = Arb.From(
        Command.ArrayOf().Select(commands => commands.Prepend(new WalletCommand.Open(Anna, UserId.Parse("anna"), Eur)).ToArray()),
        commands => commands.Select((_, index) => commands.Where((_, at) => at != index).ToArray()));

    private static Gen<WalletCommand> About(Func<PaymentId, Money, WalletCommand> command) =>
        Payments.SelectMany(_ => Amount, command);
}
