using System.Collections.Immutable;
using Payments.Domain;
using Payments.Domain.Payments;
using Payments.Domain.Wallets;

namespace SimulationTests.Plans;

/// <summary>All that is decided before a world begins: who has what, what will be asked for, and what may go wrong.</summary>
/// <param name="FaultsPerMille">How often something goes wrong where it can.</param>
internal sealed record Plan(
    int Seed,
    Faults Faults,
    int FaultsPerMille,
    ImmutableArray<WalletPlan> Wallets,
    ImmutableArray<Operation> Script,
    WalletRules Rules,
    FeeSchedule Fee)
{
    private static readonly (OperationKind Kind, int Weight)[] Kinds =
    [
        (OperationKind.WalletPayment, 30), (OperationKind.CardPayment, 22), (OperationKind.Transfer, 8), (OperationKind.Refund, 18),
        (OperationKind.Deposit, 4), (OperationKind.Withdraw, 6), (OperationKind.Reserve, 6), (OperationKind.CaptureReservation, 4),
        (OperationKind.ReleaseReservation, 2), (OperationKind.Freeze, 3), (OperationKind.Unfreeze, 3), (OperationKind.SetOverdraft, 4),
        (OperationKind.OperatorAct, 8),
    ];

    private static readonly int AllWeights = Kinds.Sum(k => k.Weight);
    private static readonly Currency[] Currencies = [Currency.Parse("EUR"), Currency.Parse("JPY"), Currency.Parse("KWD")];

    public static Plan Of(int seed)
    {
        var dice = new Dice(seed);
        var faults = dice.Chance(100) ? Faults.None : (Faults)dice.Below((int)Faults.All + 1);
        var currencies = dice.Chance(300) ? 2 : 1;
        var wallets = Enumerable.Range(0, dice.Between(2, 2 + currencies))
            .Select(i => new WalletPlan(Currencies[i % currencies], dice.Chance(200) ? 0 : dice.Between(1, 3_000), dice.Below(3)))
            .ToImmutableArray();
        var limits = dice.Chance(200)
            ? new WalletRules(ImmutableDictionary<Currency, SpendingLimits>.Empty.Add(Currencies[0], new(dice.Between(300, 1_500), dice.Between(800, 3_000))))
            : WalletRules.None;
        var fee = dice.Chance(500) ? new FeeSchedule(dice.Between(0, 30), dice.Between(0, 300)) : FeeSchedule.None;
        return new Plan(seed, faults, dice.Between(2, 60), wallets, Write(dice), limits, fee);
    }

    /// <summary>The same world with less in it.</summary>
    public Plan Reduced(Faults faults, Func<Operation, bool> keep) => this with { Faults = faults, Script = [.. Script.Where(keep)] };

    private static ImmutableArray<Operation> Write(Dice dice)
    {
        var script = ImmutableArray.CreateBuilder<Operation>();
        var at = TimeSpan.Zero;
        for (var number = dice.Between(2, 8); number > 0; number--)
        {
            at += dice.Chance(300) ? TimeSpan.Zero : dice.Time(0, dice.Chance(100) ? 200_000 : 3_000);
            script.Add(new Operation(script.Count, at, Kind(dice), dice.Below(60), dice.Below(60), dice.Between(1, 1_200), dice.Below(1_000)));
        }

        return script.ToImmutable();
    }

    private static OperationKind Kind(Dice dice)
    {
        var point = dice.Below(AllWeights);
        var i = 0;
        for (; point >= Kinds[i].Weight; i++)
        {
            point -= Kinds[i].Weight;
        }

        return Kinds[i].Kind;
    }
}

/// <param name="Owner">The number of its owner: several may have the same.</param>
internal sealed record WalletPlan(Currency Currency, long FundsMinor, int Owner);
