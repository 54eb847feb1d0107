namespace Payments.Contracts.Payments;

/// <param name="Minute">When the minute begins, UTC.</param>
/// <param name="Outcome"><c>requested</c>, <c>completed</c>, <c>failed</c> or <c>refunded</c>: what happened in this minute.</param>
/// <param name="Volume">The sum of the amounts of these payments or refunds, in minor units of the currency; it may exceed 64 bits.</param>
public sealed record MinuteCounts(DateTimeOffset Minute, string Currency, string Outcome, long Count, decimal Volume);

/// <summary>Minutes in which something happened, from (included) to until (excluded), oldest first.</summary>
public sealed record PaymentCounts(DateTimeOffset From, DateTimeOffset Until, IReadOnlyList<MinuteCounts> Items);

/// <summary>Payments that failed lately, by the code they failed with.</summary>
/// <param name="From">Counted are payments that ended since then.</param>
/// <param name="Items">The most frequent first. Of payments that were requested since then too, the newest 20,000 that failed.</param>
public sealed record FailureCounts(
    DateTimeOffset From, DateTimeOffset Until, long Completed, long Failed, IReadOnlyList<FailureCount> Items);

/// <param name="Method"><c>wallet</c>, <c>transfer</c> or <c>card</c>.</param>
/// <param name="Last">The newest of them.</param>
public sealed record FailureCount(string Code, string Method, long Count, DateTimeOffset Since, Guid Last);
