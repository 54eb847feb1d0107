namespace Payments.CardProcessor.Books;

/// <summary>
/// What a client asks for, under a key of its own choosing that makes it safe to ask again. Amounts are minor units, from 1.
/// </summary>
public abstract record ProcessorRequest(string Key)
{
    /// <param name="Token">The card, as a token: see <see cref="CardTokens"/>.</param>
    /// <param name="Currency">An ISO 4217 code.</param>
    /// <param name="Reference">The client's own words, without control characters.</param>
    public sealed record Authorise(string Key, string Token, long Amount, string Currency, string? Reference = null)
        : ProcessorRequest(Key);

    /// <param name="Currency">Checked when given; the authorisation's own when not.</param>
    public sealed record Capture(string Key, Guid Authorisation, long Amount, string? Currency = null) : ProcessorRequest(Key);

    /// <summary>Gives back what is authorised and not captured.</summary>
    public sealed record Void(string Key, Guid Authorisation) : ProcessorRequest(Key);

    /// <param name="Currency">Checked when given; the authorisation's own when not.</param>
    public sealed record Refund(string Key, Guid Authorisation, long Amount, string? Currency = null) : ProcessorRequest(Key);

    /// <summary>Undoes the authorisation that was made, or may yet arrive, under a key.</summary>
    public sealed record Reverse(string Key, string OriginalKey) : ProcessorRequest(Key);

    public OperationKind Kind => this switch
    {
        Authorise => OperationKind.Authorise,
        Capture => OperationKind.Capture,
        Void => OperationKind.Void,
        Refund => OperationKind.Refund,
        Reverse => OperationKind.Reverse,
        _ => throw new InvalidOperationException($"{GetType().Name} is no kind of request."),
    };

    /// <summary>Everything but the key, on one line: two requests are the same exactly when these are. Stored, so its form stays.</summary>
    public string Body => this switch
    {
        Authorise { Reference: null } a => $"authorise {a.Token} {a.Amount} {a.Currency}",
        Authorise a => $"authorise {a.Token} {a.Amount} {a.Currency} {a.Reference}",
        Capture c => $"capture {c.Authorisation} {c.Amount} {c.Currency}",
        Void v => $"void {v.Authorisation}",
        Refund r => $"refund {r.Authorisation} {r.Amount} {r.Currency}",
        Reverse r => $"reverse {r.OriginalKey}",
        _ => throw new InvalidOperationException($"{GetType().Name} is no kind of request."),
    };
}
