using Payments.Domain;
using Payments.Domain.Wallets;
using static UnitTests.Wallets.WalletScenario;

namespace UnitTests.Wallets;

/// <summary>Every command in every state, about one payment of 1,000; a dash is a command that was accepted and does nothing.</summary>
public sealed class DecisionTableTests
{
    private const string Table =
        """
        state       | Open           | Deposit   | Withdraw           | Hold              | Release      | Capture        | Credit
        empty       | already_exists | Deposited | insufficient_funds | FundsInsufficient | -            | hold_not_found | FundsCredited
        funded      | already_exists | Deposited | Withdrawn          | FundsHeld         | -            | hold_not_found | FundsCredited
        holding     | already_exists | Deposited | Withdrawn          | -                 | HoldReleased | HoldCaptured   | FundsCredited
        released    | already_exists | Deposited | Withdrawn          | -                 | -            | hold_not_found | FundsCredited
        captured    | already_exists | Deposited | Withdrawn          | -                 | -            | -              | FundsCredited
        told short  | already_exists | Deposited | Withdrawn          | -                 | -            | hold_not_found | FundsCredited
        credited    | already_exists | Deposited | Withdrawn          | FundsHeld         | -            | hold_not_found | -
        turned away | already_exists | Deposited | insufficient_funds | FundsInsufficient | -            | hold_not_found | -
        """;

    private static readonly WalletCommand[] Commands =
    [
        new WalletCommand.Open(Anna, UserId.Parse("anna"), Eur),
        new WalletCommand.Deposit(MovementId.For(Payment(1)), Euro(1000), null),
        new WalletCommand.Withdraw(MovementId.For(Payment(1)), Euro(1000), null),
        Hold(1, 1000),
        Release(1),
        Capture(1, 1000),
        Credit(1, 1000),
    ];

    private static readonly (string Name, Wallet Wallet)[] States =
    [
        ("empty", Given()),
        ("funded", Given(Deposited(5000))),
        ("holding", Given(Deposited(5000), Held(1, 1000))),
        ("released", Given(Deposited(5000), Held(1, 1000), Released(1, 1000))),
        ("captured", Given(Deposited(5000), Held(1, 1000), Captured(1, 1000))),
        ("told short", Given(Insufficient(1, 1000, 0), Deposited(5000))),
        ("credited", Given(Credited(1, 1000))),
        ("turned away", Given(CreditRefused(1, 1000, RefusalCodes.BalanceLimit))),
    ];

    [Fact]
    public void Every_command_in_every_state_leads_to_what_the_table_says()
    {
        string[][] happened =
        [
            ["state", .. Commands.Select(command => command.GetType().Name)],
            .. States.Select(state => (string[])[state.Name, .. Commands.Select(command => Outcome(state.Wallet, command))]),
        ];

        Assert.Equal(Table.Split('\n').Select(line => line.Split('|', StringSplitOptions.TrimEntries)), happened);
    }

    [Fact]
    public void Without_a_wallet_everything_but_opening_one_is_refused() => Assert.Equal(
        ["Opened", .. Enumerable.Repeat("wallet_not_found", Commands.Length - 1)],
        Commands.Select(command => Outcome(null, command)));

    private static string Outcome(Wallet? wallet, WalletCommand command) => Wallet.Decide(wallet, command, Now) switch
    {
        Decision<WalletEvent>.Refused refused => refused.Reason.Code,
        Decision<WalletEvent>.Accepted { Events: [] } => "-",
        Decision<WalletEvent>.Accepted { Events: [var only] } => only.GetType().Name,
        var more => throw new UnreachableStateException(wallet, more),
    };
}
