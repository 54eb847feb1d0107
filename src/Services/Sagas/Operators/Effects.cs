using System.Globalization;
using Payments.Contracts.Sagas;
using Payments.Domain;
using Payments.Domain.Cards;
using Payments.Domain.Payments;
using Payments.Domain.Sagas;
using Payments.Domain.Wallets;
using Payments.SagaService.Cards;
using Payments.SagaService.Sagas;

namespace Payments.SagaService.Operators;

/// <summary>What the events of an act come to, for people: what is done, what is asked of whom, and where money goes.</summary>
internal static class Effects
{
    /// <param name="kinds">For what is waited for afterwards.</param>
    public static IReadOnlyList<string> Texts(SagaDefinitions kinds, Saga before, IReadOnlyList<SagaEvent> events) =>
        [.. events.Select(e => Text(kinds, before, e)).OfType<string>()];

    /// <summary>The commands that are sent, as <c>wallet.release</c>, <c>card.void</c>, <c>payment.fail</c>.</summary>
    public static IReadOnlyList<string> Commands(IReadOnlyList<SagaEvent> events) => [.. events.Select(Command).OfType<string>()];

    public static IReadOnlyList<MoneyEffect> Money(IReadOnlyList<SagaEvent> events) => [.. events.Select(Money).OfType<MoneyEffect>()];

    private static string? Text(SagaDefinitions kinds, Saga before, SagaEvent e) => e switch
    {
        SagaEvent.OperatorActed { Act: SagaIntervention.Complete } =>
            $"Takes it as certain that this was done: {kinds.Named(before.Definition).RequestIn(before.Phase).Awaits(before.Terms)}.",
        SagaEvent.Moved { To: SagaPhases.Completed } => "The saga ends: completed.",
        SagaEvent.Moved { To: SagaPhases.Failed } m => $"The saga ends: failed, {m.FailureCode}.",
        SagaEvent.Moved m =>
            $"The saga goes on to {PhaseNames.Shown(m.To)}: waits for " +
            $"{kinds.Named(before.Definition).RequestIn(m.To).Awaits(before.Terms)}.",
        SagaEvent.Retried r =>
            $"Asks again, with all attempts anew: waits for {kinds.Named(before.Definition).RequestIn(r.In).Awaits(before.Terms)}.",
        SagaEvent.CompensationRequested when IsPivot(kinds, before) =>
            "Is undone if the answer that it waits for is no. If it is yes there is no way back, and it goes on.",
        SagaEvent.CompensationRequested =>
            "Is undone as soon as the answer is known that it waits for: until then nobody knows what there is to undo.",
        SagaEvent.WalletCommanded { Command: var command } => Text(command),
        SagaEvent.CardCommanded { Command: var command } => Text(command),
        SagaEvent.PaymentCommanded { Command: var command } => command switch
        {
            PaymentCommand.Complete c => $"Payment {c.Payment} is completed.",
            PaymentCommand.Fail c => $"Payment {c.Payment} fails with {c.Code}.",
            PaymentCommand.CompleteRefund c => $"Refund {c.Refund} is completed.",
            PaymentCommand.FailRefund c => $"Refund {c.Refund} fails with {c.Code}.",
            _ => null,
        },
        _ => null,
    };

    private static bool IsPivot(SagaDefinitions kinds, Saga saga)
    {
        var kind = kinds.Named(saga.Definition);
        return kind.Steps[kind.Find(saga.Phase).Step].IsPivot;
    }

    private static string? Text(WalletCommand command) => command switch
    {
        WalletCommand.Hold c => $"Wallet {c.Wallet} is asked to set {Shown(c.Amount)} aside.",
        WalletCommand.Release c => $"Wallet {c.Wallet} is asked to make the money held for this available again.",
        WalletCommand.Capture c => $"Wallet {c.Wallet} is asked to pay out the {Shown(c.Amount)} held for this.",
        WalletCommand.Credit c => $"Wallet {c.Wallet} is asked to take in {Shown(c.Amount)}, of which {Shown(c.Fee)} are fees.",
        WalletCommand.ReverseCredit c => $"Wallet {c.Wallet} is asked to give back {Shown(c.Amount)}, fees of {Shown(c.Fee)} included.",
        _ => null,
    };

    private static string Text(CardCommand command) => command switch
    {
        CardCommand.Authorise c => $"The card processor is asked to set {Shown(c.Amount)} aside on the card.",
        CardCommand.Capture c => $"The card processor is asked to take the {Shown(c.Amount)} set aside on the card.",
        CardCommand.Void { Declines: > 0 } c =>
            $"The card processor is asked anew to let go what it set aside of {Shown(c.Amount)}: "
            + "a request of its own, for it declined before.",
        CardCommand.Void c => $"The card processor is asked to let go what it set aside of {Shown(c.Amount)}, or never to do so.",
        CardCommand.Refund { Declines: > 0 } c =>
            $"The card processor is asked anew to give {Shown(c.Amount)} back to the card: a request of its own, for it declined before.",
        CardCommand.Refund c => $"The card processor is asked to give {Shown(c.Amount)} back to the card.",
        _ => throw new UnreachableStateException(command, null),
    };

    private static string? Command(SagaEvent e) => e switch
    {
        SagaEvent.WalletCommanded { Command: var c } => $"wallet.{PhaseNames.Shown(c.GetType().Name)}",
        SagaEvent.CardCommanded { Command: var c } => $"card.{CardCommands.NameOf(c.Act)}",
        SagaEvent.PaymentCommanded { Command: var c } => $"payment.{PhaseNames.Shown(c.GetType().Name)}",
        _ => null,
    };

    private static MoneyEffect? Money(SagaEvent e) => e switch
    {
        SagaEvent.WalletCommanded { Command: WalletCommand.Hold c } => Effect($"wallet/{c.Wallet}", "held", c.Amount),
        SagaEvent.WalletCommanded { Command: WalletCommand.Release c } => new MoneyEffect($"wallet/{c.Wallet}", "released", null, null),
        SagaEvent.WalletCommanded { Command: WalletCommand.Capture c } => Effect($"wallet/{c.Wallet}", "debited", c.Amount),
        SagaEvent.WalletCommanded { Command: WalletCommand.Credit c } => Effect($"wallet/{c.Wallet}", "credited", c.Amount - c.Fee),
        SagaEvent.WalletCommanded { Command: WalletCommand.ReverseCredit c } => Effect($"wallet/{c.Wallet}", "debited", c.Amount - c.Fee),
        SagaEvent.CardCommanded { Command: CardCommand.Authorise c } => Effect("card", "held", c.Amount),
        SagaEvent.CardCommanded { Command: CardCommand.Capture c } => Effect("card", "debited", c.Amount),
        SagaEvent.CardCommanded { Command: CardCommand.Void c } => Effect("card", "released", c.Amount),
        SagaEvent.CardCommanded { Command: CardCommand.Refund c } => Effect("card", "credited", c.Amount),
        _ => null,
    };

    private static MoneyEffect Effect(string account, string effect, Money amount) =>
        new(account, effect, amount.Minor, amount.Currency.Code);

    private static string Shown(Money money) =>
        (money.Minor / (decimal)Math.Pow(10, money.Currency.Exponent)).ToString($"F{money.Currency.Exponent}", CultureInfo.InvariantCulture)
        + $" {money.Currency}";
}
