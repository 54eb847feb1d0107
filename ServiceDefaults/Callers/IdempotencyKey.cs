using Microsoft.AspNetCore.Http;
using Payments.ServiceDefaults.Errors;

namespace Payments.ServiceDefaults.Callers;

/// <summary>
/// The <c>Idempotency-Key</c> of a POST: 1 to 255 visible ASCII characters. An endpoint takes it as a parameter; without a valid one
/// the answer is a 400 that names it.
/// </summary>
public readonly record struct IdempotencyKey(string Value)
{
    public const int LengthMax = 255;

    /// <summary>Binds an endpoint's parameter.</summary>
    /// <exception cref="InvalidRequestException">Missing, repeated, too long, or not visible ASCII.</exception>
    public static ValueTask<IdempotencyKey> BindAsync(HttpContext context) =>
        new(Read(context.Request.Headers[PlatformHeaders.IdempotencyKey]));

    private static IdempotencyKey Read(IReadOnlyList<string?> values) => values switch
    {
        [{ Length: > 0 and <= LengthMax } key] when key.All(c => c is > ' ' and <= '~') => new IdempotencyKey(key),
        [] => throw Refusal("This header is needed: it makes the request safe to repeat."),
        _ => throw Refusal($"Must be one value of 1 to {LengthMax} visible ASCII characters."),
    };

    private static InvalidRequestException Refusal(string message) => new(PlatformHeaders.IdempotencyKey, message);

    public override string ToString() => Value;
}
