namespace Payments.CardProcessor.Books;

/// <summary>All authorisations of one currency. Minor units; sums may be larger than any single amount.</summary>
/// <param name="AuthorisedOpen">Authorised, neither captured nor voided.</param>
public sealed record CurrencyTotals(string Currency, long Authorisations, decimal AuthorisedOpen, decimal Captured, decimal Refunded);

/// <summary>The books at one moment: after all operations up to <paramref name="LastSequence"/> and before any later one.</summary>
public sealed record LedgerTotals(long LastSequence, IReadOnlyList<CurrencyTotals> Currencies)
{
    public static LedgerTotals Of(long lastSequence, IEnumerable<Authorisation> authorisations) => new(lastSequence,
    [
        .. authorisations.GroupBy(a => a.Currency).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => new CurrencyTotals(
            g.Key, g.Count(), g.Sum(a => (decimal)a.Open), g.Sum(a => (decimal)a.Captured), g.Sum(a => (decimal)a.Refunded))),
    ]);
}

/// <summary>Operations, oldest first.</summary>
/// <param name="Next">The <c>after</c> of the next page; null when this one was not full.</param>
public sealed record OperationPage(IReadOnlyList<Operation> Items, long? Next);
