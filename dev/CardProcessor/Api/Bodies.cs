namespace Payments.CardProcessor.Api;

/// <param name="Token">The card.</param>
/// <param name="Amount">Minor units, from 1.</param>
/// <param name="Reference">The caller's own words for it, at most 140 characters.</param>
internal sealed record AuthoriseBody(string Token, long Amount, string Currency, string? Reference = null);

/// <param name="Amount">Minor units, from 1.</param>
/// <param name="Currency">Checked when given.</param>
internal sealed record AmountBody(long Amount, string? Currency = null);

internal sealed record VoidBody;

/// <param name="OriginalKey">The idempotency key of the authorisation to undo.</param>
internal sealed record ReverseBody(string OriginalKey);
