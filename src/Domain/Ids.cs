namespace Payments.Domain;

/// <summary>An id that is a UUID underneath (version 7 when we make it), so that ids sort by the time they were made.</summary>
public interface IUuidId<TSelf>
    where TSelf : struct, IUuidId<TSelf>
{
    Guid Value { get; }

    static abstract TSelf From(Guid value);

    /// <summary>Reads the public form, 36 characters such as <c>0198c0de-…</c>; anything else is no id.</summary>
    static virtual bool TryParse(string? text, out TSelf id)
    {
        var ok = Guid.TryParseExact(text, "D", out var value) && value != Guid.Empty;
        id = ok ? TSelf.From(value) : default;
        return ok;
    }
}

public readonly record struct WalletId(Guid Value) : IUuidId<WalletId>
{
    public static WalletId From(Guid value) => new(value);

    public override string ToString() => Value.ToString("D");
}

public readonly record struct PaymentId(Guid Value) : IUuidId<PaymentId>
{
    public static PaymentId From(Guid value) => new(value);

    public override string ToString() => Value.ToString("D");
}

/// <summary>Money that goes back, in part or whole, for one payment.</summary>
public readonly record struct RefundId(Guid Value) : IUuidId<RefundId>
{
    public static RefundId From(Guid value) => new(value);

    public override string ToString() => Value.ToString("D");
}

/// <summary>What one saga carries out and a movement of money belongs to: a payment, a transfer or a refund, with the id of that.</summary>
public readonly record struct OperationId(Guid Value) : IUuidId<OperationId>
{
    public static OperationId From(Guid value) => new(value);

    public static OperationId For(PaymentId payment) => new(payment.Value);

    public static OperationId For(RefundId refund) => new(refund.Value);

    public override string ToString() => Value.ToString("D");
}

/// <summary>Money set aside in a wallet for one purpose. An operation has one hold, with the operation's own id.</summary>
public readonly record struct HoldId(Guid Value) : IUuidId<HoldId>
{
    public static HoldId From(Guid value) => new(value);

    public static HoldId For(OperationId operation) => new(operation.Value);

    public override string ToString() => Value.ToString("D");
}

/// <summary>One movement of money in or out of a wallet by hand: a deposit or a withdrawal.</summary>
public readonly record struct MovementId(Guid Value) : IUuidId<MovementId>
{
    public static MovementId From(Guid value) => new(value);

    public override string ToString() => Value.ToString("D");
}

/// <summary>Who owns a wallet, in the words of the team that calls us: 1 to 64 letters, digits and <c>. _ - @ : +</c>.</summary>
public readonly record struct UserId
{
    public const int LengthMax = 64;

    private readonly string? _value;

    private UserId(string value) => _value = value;

    public string Value => _value ?? throw new InvalidOperationException("An uninitialised user id has no value.");

    public static bool TryParse(string? text, out UserId id)
    {
        var ok = text is { Length: > 0 and <= LengthMax } && text.All(c => char.IsAsciiLetterOrDigit(c) || "._-@:+".Contains(c));
        id = ok ? new UserId(text!) : default;
        return ok;
    }

    public static UserId Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is not a user id.");

    /// <summary>Whether it can stand in the path of an address, where <c>.</c> and <c>..</c> mean something else (RFC 3986, 3.3).</summary>
    public bool IsAddressable => Value is not ("." or "..");

    public override string ToString() => Value;
}

/// <summary>A card as its processor's vault knows it, never its number: 1 to 64 letters, digits and <c>_ -</c>.</summary>
public readonly record struct CardToken
{
    public const int LengthMax = 64;

    private readonly string? _value;

    private CardToken(string value) => _value = value;

    public string Value => _value ?? throw new InvalidOperationException("An uninitialised card token has no value.");

    public static bool TryParse(string? text, out CardToken token)
    {
        var ok = text is { Length: > 0 and <= LengthMax } && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
        token = ok ? new CardToken(text!) : default;
        return ok;
    }

    public static CardToken Parse(string text) =>
        TryParse(text, out var token) ? token : throw new FormatException("This is not a card token.");

    public override string ToString() => Value;
}
