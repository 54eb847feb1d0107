using Payments.Domain;
using Payments.Domain.Wallets;
using static UnitTests.Wallets.WalletScenario;

namespace UnitTests.Wallets;

/// <summary>Every command in every state, about one payment of 1,000; a dash is a command that was accepted and does nothing.</summary>
public sealed class DecisionTableTests
{
    private const string ByHand =
        """
        state       | Open           | Deposit       | Withdraw           | Freeze | Unfreeze | SetOverdraft
        empty       | already_exists | Deposited     | insufficient_funds | Frozen | -        | OverdraftSet
        funded      | already_exists | Deposited     | Withdrawn          | Frozen | -        | OverdraftSet
        holding     | already_exists | Deposited     | Withdrawn          | Frozen | -        | OverdraftSet
        released    | already_exists | Deposited     | Withdrawn          | Frozen | -        | OverdraftSet
        expired     | already_exists | Deposited     | Withdrawn          | Frozen | -        | OverdraftSet
        not open    | already_exists | Deposited     | Withdrawn          | Frozen | -        | OverdraftSet
        captured    | already_exists | Deposited     | Withdrawn          | Frozen | -        | OverdraftSet
        told short  | already_exists | Deposited     | Withdrawn          | Frozen | -        | OverdraftSet
        hold denied | already_exists | Deposited     | Withdrawn          | Frozen | -        | OverdraftSet
        credited    | already_exists | Deposited     | Withdrawn          | Frozen | -        | OverdraftSet
        reversed    | already_exists | Deposited     | insufficient_funds | Frozen | -        | OverdraftSet
        turned away | already_exists | Deposited     | insufficient_funds | Frozen | -        | OverdraftSet
        frozen      | already_exists | wallet_frozen | wallet_frozen      | -      | Unfrozen | OverdraftSet
        """;

    private const string ByOperations =
        """
        state       | Hold              | Release      | ExpireHold  | Capture        | Credit        | ReverseCredit
        empty       | FundsInsufficient | HoldNotOpen  | -           | CaptureRefused | FundsCredited | CreditReversalRefused
        funded      | FundsHeld         | HoldNotOpen  | -           | CaptureRefused | FundsCredited | CreditReversed
        holding     | -                 | HoldReleased | HoldExpired | HoldCaptured   | FundsCredited | CreditReversed
        released    | -                 | -            | -           | CaptureRefused | FundsCredited | CreditReversed
        expired     | -                 | HoldNotOpen  | -           | CaptureRefused | FundsCredited | CreditReversed
        not open    | -                 | -            | -           | CaptureRefused | FundsCredited | CreditReversed
        captured    | -                 | -            | -           | -              | FundsCredited | CreditReversed
        told short  | -                 | HoldNotOpen  | -           | CaptureRefused | FundsCredited | CreditReversed
        hold denied | -                 | HoldNotOpen  | -           | CaptureRefused | FundsCredited | CreditReversed
        credited    | FundsHeld         | HoldNotOpen  | -           | CaptureRefused | -             | CreditReversed
        reversed    | FundsInsufficient | HoldNotOpen  | -           | CaptureRefused | -             | -
        turned away | FundsInsufficient | HoldNotOpen  | -           | CaptureRefused | -             | CreditReversalRefused
        frozen      | -                 | HoldReleased | HoldExpired | HoldCaptured   | CreditRefused | CreditReversed
        """;

    private static readonly DateTimeOffset HoldsAreOver = Now.AddSeconds(LifetimeSeconds);

    private static readonly WalletCommand[] OfPeople =
    [
        new WalletCommand.Open(Anna, UserId.Parse("anna"), Eur),
        new WalletCommand.Deposit(Movement(1), Euro(1000), null),
        new WalletCommand.Withdraw(Movement(1), Euro(1000), null),
        new WalletCommand.Freeze("lost phone"),
        new WalletCommand.Unfreeze("found it"),
        new WalletCommand.SetOverdraft(Euro(100)),
    ];

    private static readonly WalletCommand[] OfOperations =
    [
        Hold(1, 1000),
        Release(1),
        new WalletCommand.ExpireHold(HoldOf(1)),
        Capture(1, 1000),
        Credit(1, 1000),
        Reverse(1, 1000),
    ];

    private static readonly (string Name, Wallet Wallet)[] States =
    [
        ("empty", Given()),
        ("funded", Given(Deposited(5000))),
        ("holding", Given(Deposited(5000), Held(1, 1000))),
        ("released", Given(Deposited(5000), Held(1, 1000), Released(1, 1000))),
        ("expired", Given(Deposited(5000), Held(1, 1000), Expired(1, 1000))),
        ("not open", Given(Deposited(5000), NotOpen(1))),
        ("captured", Given(Deposited(5000), Held(1, 1000), Captured(1, 1000))),
        ("told short", Given(Insufficient(1, 1000, 0), Deposited(5000))),
        ("hold denied", Given(HoldRefused(1, Euro(1000), RefusalCodes.WalletFrozen), Deposited(5000))),
        ("credited", Given(Credited(1, 1000))),
        ("reversed", Given(Credited(1, 1000), Reversed(1, 1000))),
        ("turned away", Given(CreditRefused(1, 1000, RefusalCodes.BalanceLimit))),
        ("frozen", Given(Deposited(5000), Held(1, 1000), new WalletEvent.Frozen("lost phone"))),
    ];

    [Fact]
    public void What_people_ask_in_every_state_leads_to_what_the_table_says() => Says(ByHand, OfPeople);

    [Fact]
    public void What_operations_ask_in_every_state_leads_to_what_the_table_says() => Says(ByOperations, OfOperations);

    [Fact]
    public void Without_a_wallet_everything_but_opening_one_is_refused() => Assert.Equal(
        ["Opened", .. Enumerable.Repeat("wallet_not_found", OfPeople.Length - 1 + OfOperations.Length)],
        OfPeople.Concat(OfOperations).Select(command => Outcome(null, command)));

    private static void Says(string table, WalletCommand[] commands)
    {
        string[][] happened =
        [
            ["state", .. commands.Select(command => command.GetType().Name)],
            .. States.Select(state => (string[])[state.Name, .. commands.Select(command => Outcome(state.Wallet, command))]),
        ];

        Assert.Equal(table.Split('\n').Select(line => line.Split('|', StringSplitOptions.TrimEntries)), happened);
    }

    private static string Outcome(Wallet? wallet, WalletCommand command) => Wallet.Decide(
        wallet, command, command is WalletCommand.ExpireHold ? HoldsAreOver : Now) switch
    {
        Decision<WalletEvent>.Refused refused => refused.Reason.Code,
        Decision<WalletEvent>.Accepted { Events: [] } => "-",
        Decision<WalletEvent>.Accepted { Events: [var only] } => only.GetType().Name,
        var more => throw new UnreachableStateException(wallet, more),
    };
}
