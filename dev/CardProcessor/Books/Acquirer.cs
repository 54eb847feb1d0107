using Payments.CardProcessor.Faults;
using static Payments.CardProcessor.Books.OperationStatus;
using static Payments.CardProcessor.Books.ProcessorRequest;

namespace Payments.CardProcessor.Books;

/// <summary>The rules of the processor. Pure: no clock, no ids, no randomness, no I/O; a business refusal is data.</summary>
public static class Acquirer
{
    /// <param name="newId">The id of the authorisation, should one be made.</param>
    public static Ruling Rule(ProcessorRequest request, OperationState standing, RequestFaults faults, Guid newId) =>
        (request, standing) switch
        {
            (_, { Earlier: var (operation, body) }) =>
                new Ruling.Tell(body == request.Body ? new Reply.Answer(operation) : new Reply.KeyReused()),
            (Authorise { Token: CardTokens.Down }, _) => new Ruling.Tell(new Reply.Unavailable()),
            (Authorise { Token: CardTokens.Flaky }, { Failures: < CardTokens.FlakyFailures }) => new Ruling.Fail(),
            _ when faults.FailsAt(request.Key, standing.Failures + 1) => new Ruling.Fail(),
            _ => new Ruling.Enter(
                Decide(request, standing, faults, newId),
                AnswerIsLost: faults.TimeoutAfterEffect || request is Authorise { Token: CardTokens.Timeout }),
        };

    // What cannot be done in any case is told before what an order forbids.
    private static Verdict Decide(ProcessorRequest request, OperationState books, RequestFaults faults, Guid newId) =>
        (request, books) switch
        {
            (Authorise a, { Reversed: true }) => Decline(ProcessorCodes.Reversed, a.Amount, a.Currency),
            (Authorise a, _) when faults.Decline => Decline(ProcessorCodes.Declined, a.Amount, a.Currency),
            (Authorise a, _) => Authorised(a, newId),
            (Reverse r, _) => faults.Decline ? Decline(ProcessorCodes.Declined) : Reversal(books.Original, books.Authorisation),
            (Capture c, { Authorisation: null }) => Decline(ProcessorCodes.AuthorisationNotFound, c.Amount, c.Currency, c.Authorisation),
            (ProcessorRequest.Void v, { Authorisation: null }) =>
                Decline(ProcessorCodes.AuthorisationNotFound, authorisation: v.Authorisation),
            (Refund r, { Authorisation: null }) => Decline(ProcessorCodes.AuthorisationNotFound, r.Amount, r.Currency, r.Authorisation),
            (Capture c, { Authorisation: { } of }) => Captured(of, c.Amount, c.Currency, faults.Decline),
            (ProcessorRequest.Void, { Authorisation: { } of }) => Voided(of, faults.Decline),
            (Refund r, { Authorisation: { } of }) => Refunded(of, r.Amount, r.Currency, faults.Decline),
            _ => throw new InvalidOperationException($"{request.GetType().Name} is no kind of request."),
        };

    private static Verdict Authorised(Authorise request, Guid id) => CardTokens.DeclineCode(request.Token) is { } code
        ? Decline(code, Positive(request.Amount), request.Currency)
        : Approve(
            new Authorisation(id, request.Key, request.Token, request.Currency, Positive(request.Amount), 0, 0, false, request.Reference),
            request.Amount);

    private static Verdict Captured(Authorisation of, long amount, string? currency, bool declined) => Positive(amount) switch
    {
        _ when Differs(of, currency) => Decline(ProcessorCodes.CurrencyMismatch, amount, currency, of.AuthorisationId),
        _ when of.Voided => Decline(ProcessorCodes.AlreadyVoided, amount, of),
        _ when amount > of.Open => Decline(ProcessorCodes.AmountExceedsAuthorised, amount, of),
        _ when declined => Decline(ProcessorCodes.Declined, amount, of),
        _ => Approve(of with { Captured = of.Captured + amount }, amount),
    };

    private static Verdict Voided(Authorisation of, bool declined) => of switch
    {
        { Voided: true } => Decline(ProcessorCodes.AlreadyVoided, 0, of),
        { Open: 0 } => Decline(ProcessorCodes.AlreadyCaptured, 0, of),
        _ when declined => Decline(ProcessorCodes.Declined, 0, of),
        _ => Approve(of with { Voided = true }, of.Open),
    };

    private static Verdict Refunded(Authorisation of, long amount, string? currency, bool declined) => Positive(amount) switch
    {
        _ when Differs(of, currency) => Decline(ProcessorCodes.CurrencyMismatch, amount, currency, of.AuthorisationId),
        _ when amount > of.Refundable => Decline(ProcessorCodes.AmountExceedsCaptured, amount, of),
        _ when declined => Decline(ProcessorCodes.Declined, amount, of),
        _ => Approve(of with { Refunded = of.Refunded + amount }, amount),
    };

    private static Verdict Reversal(OperationKind? original, Authorisation? of) => (original, of) switch
    {
        (null, _) => new Verdict(Approved, ProcessorCodes.NothingToReverse, 0, null, null, ClosesOriginal: true),
        (not OperationKind.Authorise, _) => Decline(ProcessorCodes.NotAnAuthorisation),
        (_, null) => new Verdict(Approved, ProcessorCodes.NothingToReverse, 0, null, null),   // It was declined.
        (_, { Captured: > 0 }) => Decline(ProcessorCodes.AlreadyCaptured, 0, of),
        (_, { Voided: true }) => new Verdict(Approved, ProcessorCodes.NothingToReverse, 0, of.Currency, of.AuthorisationId),
        _ => Approve(of with { Voided = true }, of.Open, ProcessorCodes.Voided),
    };

    private static Verdict Approve(Authorisation after, long amount, string? code = null) =>
        new(Approved, code, amount, after.Currency, after.AuthorisationId, after);

    private static Verdict Decline(string code, long amount, Authorisation of) => Decline(code, amount, of.Currency, of.AuthorisationId);

    private static Verdict Decline(string code, long amount = 0, string? currency = null, Guid? authorisation = null) =>
        new(Declined, code, amount, currency, authorisation);

    private static bool Differs(Authorisation of, string? currency) => currency is not null && currency != of.Currency;

    // Input is checked at the edge; here it would be a bug, and one that invents money.
    private static long Positive(long amount)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(amount);
        return amount;
    }
}
