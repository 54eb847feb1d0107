using Payments.CardProcessor.Books;
using Payments.SagaService.Cards;

namespace UnitTests.SagaService;

/// <summary>What goes wrong with one request.</summary>
internal enum Fault
{
    None,

    /// <summary>It never arrives, and nobody knows.</summary>
    RequestLost,

    /// <summary>It is executed, and nobody hears of it.</summary>
    AnswerLost,

    /// <summary>It is not sent.</summary>
    BreakerOpen,
}

/// <summary>The card processor's own rules and books in memory, behind a line that fails as it is told.</summary>
internal sealed class FaultyProcessor : ICardProcessor
{
    private int _ids;

    public AuthorisationLedger Books { get; } = new();

    /// <summary>One for each request to come; none left: all goes well.</summary>
    public Queue<Fault> Faults { get; } = new();

    /// <summary>Every request, as <c>find key</c> or <c>send key</c>.</summary>
    public List<string> Asked { get; } = [];

    public Task<CardOperation?> FindAsync(string key, CancellationToken cancel) =>
        Task.FromResult(Meet($"find {key}", () => Books.Find(key) is { } found ? Shown(found) : null));

    public Task<CardOperation> SendAsync(CardRequest request, CancellationToken cancel) => Task.FromResult(Meet(
        $"send {request.Key}",
        () => Books.Execute(Of(request), DateTimeOffset.UnixEpoch, new Guid(++_ids, 0, 0, new byte[8])) switch
        {
            Reply.Answer answer => Shown(answer.Operation),
            var other => throw new CardTroubleException($"{other}", wasSent: true),
        })!);

    private T Meet<T>(string what, Func<T> execute)
    {
        Asked.Add(what);
        switch (Faults.TryDequeue(out var fault) ? fault : Fault.None)
        {
            case Fault.BreakerOpen:
                throw new CardTroubleException("the breaker is open", wasSent: false);
            case Fault.RequestLost:
                throw new CardTroubleException("no answer", wasSent: true);
            case Fault.AnswerLost:
                execute();
                throw new CardTroubleException("no answer", wasSent: true);
            default:
                return execute();
        }
    }

    private static ProcessorRequest Of(CardRequest request) => request switch
    {
        CardRequest.Authorise r => new ProcessorRequest.Authorise(
            r.Key, r.Token.Value, r.Amount.Minor, r.Amount.Currency.Code, r.Reference),
        CardRequest.Capture r => new ProcessorRequest.Capture(r.Key, Guid.Parse(r.AuthorisationId), r.Amount.Minor),
        CardRequest.Refund r => new ProcessorRequest.Refund(r.Key, Guid.Parse(r.AuthorisationId), r.Amount.Minor),
        CardRequest.Reverse r => new ProcessorRequest.Reverse(r.Key, r.OriginalKey),
        _ => throw new InvalidOperationException($"{request}"),
    };

    private static CardOperation Shown(Operation o) => new(
        o.Key, o.Status == OperationStatus.Approved ? null : o.Code, o.AuthorisationId?.ToString(), o.Amount, o.Currency);
}
