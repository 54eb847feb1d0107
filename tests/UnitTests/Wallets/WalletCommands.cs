using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Payments.Domain;
using Payments.Domain.Wallets;
using static UnitTests.Wallets.WalletScenario;

namespace UnitTests.Wallets;

/// <summary>One command to a wallet, and how long after the one before it.</summary>
internal sealed record TimedCommand(WalletCommand Command, int MinutesLater);

/// <summary>Random commands to one wallet: few operations and small amounts, so that they meet, and at times something absurd.</summary>
internal static class WalletCommands
{
    /// <summary>What the lives are lived under.</summary>
    public static readonly WalletRules Rules = new(ImmutableDictionary<Currency, SpendingLimits>.Empty.Add(Eur, new(2_800, 6_000)));

    private static readonly Gen<Money> Amount = Gen.Frequency(
        (20, Gen.Choose(1, 3_000).Select(minor => Euro(minor))),
        (1, Gen.Elements(0, -1, long.MinValue, long.MaxValue, Money.AmountMinorMax, Money.AmountMinorMax + 1).Select(Euro)),
        (1, Gen.Choose(1, 3_000).Select(minor => new Money(minor, Usd))));

    private static readonly Gen<OperationId> Operations = Gen.Choose(1, 8).Select(Operation);

    private static readonly Gen<HoldPurpose> Purpose = Gen.Elements(Enum.GetValues<HoldPurpose>());

    private static readonly Gen<WalletCommand> Command = Gen.Frequency(
        (1, Gen.Constant<WalletCommand>(new WalletCommand.Open(Anna, UserId.Parse("anna"), Eur))),
        (3, About((operation, amount) => new WalletCommand.Deposit(new MovementId(operation.Value), amount, null))),
        (2, About((operation, amount) => new WalletCommand.Withdraw(new MovementId(operation.Value), amount, null))),
        (5, About((operation, amount, purpose) =>
            new WalletCommand.Hold(Anna, HoldId.For(operation), operation, amount, LifetimeSeconds, purpose))),
        (2, About((operation, _) => new WalletCommand.Release(Anna, HoldId.For(operation), operation))),
        (1, About((operation, _) => new WalletCommand.ExpireHold(HoldId.For(operation)))),
        (4, About((operation, amount) => new WalletCommand.Capture(Anna, HoldId.For(operation), operation, amount, Ben))),
        (3, About((operation, amount) => new WalletCommand.Credit(Anna, operation, amount, FeeOf(amount), Ben))),
        (2, About((operation, amount) => new WalletCommand.ReverseCredit(Anna, operation, amount, FeeOf(amount), Ben))),
        (1, Gen.Constant<WalletCommand>(new WalletCommand.Freeze("x"))),
        (2, Gen.Constant<WalletCommand>(new WalletCommand.Unfreeze("y"))),
        (1, Amount.Select(WalletCommand (amount) => new WalletCommand.SetOverdraft(amount))));

    private static readonly Gen<int> Wait = Gen.Frequency((6, Gen.Constant(0)), (2, Gen.Choose(1, 60)), (1, Gen.Choose(1, 2_000)));

    /// <summary>A wallet's life: it is opened first; a failing one is shown with the commands that it does not need left out.</summary>
    public static readonly Arbitrary<TimedCommand[]> Lives = Arb.From(
        Command.SelectMany(_ => Wait, (command, minutes) => new TimedCommand(command, minutes)).ArrayOf()
            .Select(commands => commands.Prepend(new(new WalletCommand.Open(Anna, UserId.Parse("anna"), Eur), 0)).ToArray()),
        commands => commands.Select((_, index) => commands.Where((_, at) => at != index).ToArray()));

    /// <summary>Three in a hundred, and nothing of the absurd.</summary>
    private static Money FeeOf(Money amount) =>
        amount with { Minor = amount.Minor is > 0 and <= Money.AmountMinorMax ? amount.Minor * 3 / 100 : 0 };

    private static Gen<WalletCommand> About(Func<OperationId, Money, WalletCommand> command) =>
        Operations.SelectMany(_ => Amount, command);

    private static Gen<WalletCommand> About(Func<OperationId, Money, HoldPurpose, WalletCommand> command) =>
        from operation in Operations
        from amount in Amount
        from purpose in Purpose
        select command(operation, amount, purpose);
}
