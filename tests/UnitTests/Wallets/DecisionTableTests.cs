using Payments.Domain;
using Payments.Domain.Wallets;
using static UnitTests.Wallets.WalletScenario;

namespace UnitTests.Wallets;

/// <summary>Every command in every state, about one payment of 1,000; a dash is a command that was accepted and changes nothing.</summary>
public sealed class DecisionTableTests
{
    private const string Exists = RefusalCodes.AlreadyExists;
    private const string NoWallet = RefusalCodes.WalletNotFound;
    private const string NoHold = RefusalCodes.HoldNotFound;
    private const string TooLittle = RefusalCodes.InsufficientFunds;

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

    private static readonly Dictionary<string, Wallet?> States = new()
    {
        ["no wallet"] = null,
        ["empty"] = Given(),
        ["funded"] = Given(Deposited(5000)),
        ["holding"] = Given(Deposited(5000), Held(1, 1000)),
        ["released"] = Given(Deposited(5000), Held(1, 1000), Released(1, 1000)),
        ["captured"] = Given(Deposited(5000), Held(1, 1000), Captured(1, 1000)),
        ["told short"] = Given(Insufficient(1, 1000, 0), Deposited(5000)),
        ["credited"] = Given(Credited(1, 1000)),
        ["credit refused"] = Given(CreditRefused(1, 1000, RefusalCodes.BalanceLimit)),
    };

    [Theory]
    //                            Open      Deposit      Withdraw     Hold                 Release         Capture         Credit
    [InlineData("no wallet",      "Opened", NoWallet,    NoWallet,    NoWallet,            NoWallet,       NoWallet,       NoWallet)]
    [InlineData("empty",          Exists,   "Deposited", TooLittle,   "FundsInsufficient", "-",            NoHold,         "FundsCredited")]
    [InlineData("funded",         Exists,   "Deposited", "Withdrawn", "FundsHeld",         "-",            NoHold,         "FundsCredited")]
    [InlineData("holding",        Exists,   "Deposited", "Withdrawn", "-",                 "HoldReleased", "HoldCaptured", "FundsCredited")]
    [InlineData("released",       Exists,   "Deposited", "Withdrawn", "-",                 "-",            NoHold,         "FundsCredited")]
    [InlineData("captured",       Exists,   "Deposited", "Withdrawn", "-",                 "-",            "-",            "FundsCredited")]
    [InlineData("told short",     Exists,   "Deposited", "Withdrawn", "-",                 "-",            NoHold,         "FundsCredited")]
    [InlineData("credited",       Exists,   "Deposited", "Withdrawn", "FundsHeld",         "-",            NoHold,         "-")]
    [InlineData("credit refused", Exists,   "Deposited", TooLittle,   "FundsInsufficient", "-",            NoHold,         "-")]
    public void Every_command_in_every_state_leads_to_what_the_table_says(string state, params string[] expected) =>
        Assert.Equal(expected, Commands.Select(command => Outcome(Wallet.Decide(States[state], command, Now))));

    private static string Outcome(Decision<WalletEvent> decision) => decision switch
    {
        Decision<WalletEvent>.Refused refused => refused.Reason.Code,
        Decision<WalletEvent>.Accepted { Events: [] } => "-",
        Decision<WalletEvent>.Accepted { Events: [var only] } => only.GetType().Name,
        _ => throw new UnreachableStateException(null, decision),
    };
}
