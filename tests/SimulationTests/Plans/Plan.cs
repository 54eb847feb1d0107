using System.Collections.Immutable;
using Payments.Domain;
using Payments.Domain.Payments;
using Payments.Domain.Wallets;

namespace SimulationTests.Plans;

/// <summary>All that is decided before a world begins: who has what, what will be asked for, and what may go wrong.</summary>
/// <param name="FaultsPerMille">How often something goes wrong where it can.</param>
/// <param name="ProcessorPerMille">The same for each request to the card processor, of which there are few.</param>
/// <param name="OutcomesMax">How many outcomes a wallet remembers.</param>
/// <param name="CreditsFirst">Card payments are of the kind that was started before, which credits the payee before the capture.</param>
internal sealed record Plan(
    int Seed,
    Faults Faults,
    int FaultsPerMille,
    int ProcessorPerMille,
    ImmutableArray<WalletPlan> Wallets,
    ImmutableArray<Operation> Script,
    WalletRules Rules,
    FeeSchedule Fee,
    int OutcomesMax,
    bool CreditsFirst = false)
{
    private static readonly (OperationKind Kind, int Weight)[] Kinds =
    [
        (OperationKind.WalletPayment, 30), (OperationKind.CardPayment, 30), (OperationKind.Transfer, 8), (OperationKind.Refund, 20),
        (OperationKind.Deposit, 4), (OperationKind.Withdraw, 9), (OperationKind.Reserve, 6), (OperationKind.CaptureReservation, 4),
        (OperationKind.ReleaseReservation, 2), (OperationKind.Freeze, 3), (OperationKind.Unfreeze, 3), (OperationKind.SetOverdraft, 4),
        (OperationKind.SagaIntervention, 10),
    ];

    /// <summary>Cards that decline a capture, and payees who have spent the money by then: rare among everything else.</summary>
    private static readonly (OperationKind Kind, int Weight)[] Spenders =
    [
        (OperationKind.CardPayment, 5), (OperationKind.Withdraw, 3), (OperationKind.Refund, 1), (OperationKind.SagaIntervention, 1),
    ];

    private static readonly ImmutableDictionary<Currency, SpendingLimits> None = ImmutableDictionary<Currency, SpendingLimits>.Empty;
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
            ? new WalletRules(None.Add(Currencies[0], new(dice.Between(200, 900), dice.Between(200, 1_000))))
            : WalletRules.None;
        var fee = dice.Chance(500) ? new FeeSchedule(dice.Between(0, 30), dice.Between(0, 300)) : FeeSchedule.None;
        var (perMille, processorPerMille) = (dice.Between(2, 60), dice.Between(10, 250));
        var spenders = dice.Chance(120);
        var plan = spenders
            ? new Plan(seed, faults | Faults.Processor, perMille, 250, wallets, Write(dice, Spenders), WalletRules.None, fee, 0)
            : new Plan(seed, faults, perMille, processorPerMille, wallets, Write(dice, Kinds), limits, fee, 0);
        return plan with
        {
            OutcomesMax = dice.Chance(300) ? dice.Below(3) : RecentOutcomes.CountMax,
            CreditsFirst = dice.Chance(spenders ? 700 : 100),
        };
    }

    /// <summary>The same world with less in it.</summary>
    public Plan Reduced(Faults faults, Func<Operation, bool> keep) => this with { Faults = faults, Script = [.. Script.Where(keep)] };

    private static ImmutableArray<Operation> Write(Dice dice, (OperationKind Kind, int Weight)[] kinds)
    {
        var script = ImmutableArray.CreateBuilder<Operation>();
        var at = TimeSpan.Zero;
        for (var number = dice.Between(2, 8); number > 0; number--)
        {
            at += dice.Chance(300) ? TimeSpan.Zero : dice.Time(0, dice.Chance(100) ? 200_000 : 3_000);
            var (kind, first, second) = (Kind(dice, kinds), dice.Below(60), dice.Below(60));
            var amount = dice.Between(1, dice.Chance(800) ? 500 : 2_000);
            script.Add(new Operation(script.Count, at, kind, first, second, amount, dice.Below(1_000)));
        }

        return script.ToImmutable();
    }

    private static OperationKind Kind(Dice dice, (OperationKind Kind, int Weight)[] kinds)
    {
        var point = dice.Below(kinds.Sum(k => k.Weight));
        var i = 0;
        for (; point >= kinds[i].Weight; i++)
        {
            point -= kinds[i].Weight;
        }

        return kinds[i].Kind;
    }
}

/// <param name="Owner">The number of its owner: several may have the same.</param>
internal sealed record WalletPlan(Currency Currency, long FundsMinor, int Owner);
