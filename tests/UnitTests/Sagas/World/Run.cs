using FsCheck;
using FsCheck.Fluent;
using Payments.Domain;
using Payments.Domain.Payments;
using Payments.Domain.Wallets;

namespace UnitTests.Sagas.World;

/// <summary>A few payments among four wallets and some cards, and what happens to them by chance.</summary>
internal sealed record Run(long Anna, long Ben, PaymentTerms[] Payments, int[] Choices)
{
    private static readonly Currency Eur = Currency.Parse("EUR");
    private static readonly UserId Somebody = UserId.Parse("somebody");

    // Anna and Ben pay; Carla's wallet takes no euro, and Dora's is nearly full.
    private static readonly WalletId[] People = [.. Enumerable.Range(1, 4).Select(number => new WalletId(Id(number)))];

    private static readonly Gen<PaymentTerms> AnyPayment =
        from payer in Gen.Elements(People[0], People[1])
        from payee in Gen.Frequency((4, Gen.Elements(People[0], People[1])), (1, Gen.Elements(People[2], People[3])))
        where payee != payer
        from minor in Gen.Choose(1, 3_000)
        from source in Gen.Frequency<PaymentSource>(
            (4, Gen.Constant<PaymentSource>(new PaymentSource.OfWallet(payer, Somebody))),
            (1, Gen.Constant<PaymentSource>(new PaymentSource.OfTransfer(payer, Somebody))),
            (5, Gen.Frequency(
                (5, Gen.Constant(CardDesk.Good)),
                (1, Gen.Elements(CardDesk.Declined, CardDesk.DeclinedLater, CardDesk.NeverRefunded)))
                .Select(PaymentSource (token) => new PaymentSource.OfCard(token))))
        let fee = source is PaymentSource.OfTransfer ? 0 : minor * 3 / 100
        select new PaymentTerms(default, source, payee, Somebody, new Money(minor, Eur), new Money(fee, Eur), null);

    /// <summary>A failing run is shown with the payments and the happenings that it does not need left out.</summary>
    public static Arbitrary<Run> Any { get; } = Arb.From(
        from balances in Gen.Choose(0, 6_000).Two()
        from count in Gen.Choose(1, 4)
        from payments in AnyPayment.ListOf(count)
        from length in Gen.Choose(0, 250)
        from choices in Gen.Choose(0, 20_000_000).ArrayOf(length)
        select new Run(balances.Item1, balances.Item2, Numbered(payments), choices),
        run => WithoutOne(run.Choices).Select(fewer => run with { Choices = fewer })
            .Concat(WithoutOne(run.Payments).Select(fewer => run with { Payments = fewer })));

    public IEnumerable<Wallet> Wallets() =>
    [
        Open(People[0], Eur, Anna), Open(People[1], Eur, Ben), Open(People[2], Currency.Parse("USD"), 1_000),
        Open(People[3], Eur, Wallet.BalanceMinorMax - 1_000),
    ];

    public override string ToString() =>
        $"Anna {Anna}, Ben {Ben}; {string.Join("; ", Payments.AsEnumerable())}; choices [{string.Join(", ", Choices)}]";

    private static Wallet Open(WalletId id, Currency currency, long minor)
    {
        var empty = Wallet.Evolve(null, new WalletEvent.Opened(id, Somebody, currency));
        return minor == 0
            ? empty
            : Wallet.Evolve(empty, new WalletEvent.Deposited(new MovementId(id.Value), new Money(minor, currency), null));
    }

    private static PaymentTerms[] Numbered(IEnumerable<PaymentTerms> payments) =>
        [.. payments.Select((terms, index) => terms with { Payment = new PaymentId(Id(100 + index)) })];

    private static IEnumerable<T[]> WithoutOne<T>(T[] all) => all.Select((_, index) => all.Where((_, at) => at != index).ToArray());

    private static Guid Id(int number) => new(number, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 0);
}
