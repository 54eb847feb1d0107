using Payments.ServiceDefaults;

namespace Payments.WalletService.Wallets;

/// <summary>The person behind a call of an operator, as far as the API client tells.</summary>
internal static class Operator
{
    public const string Header = "X-Operator";

    private const int LengthMax = 64;

    /// <summary>Who acts: the API client, and after a slash the person whom it names.</summary>
    /// <exception cref="InvalidRequestException">The name is repeated, too long, or not visible ASCII.</exception>
    public static string Of(HttpContext context, CallerIdentity caller) => (IReadOnlyList<string?>)context.Request.Headers[Header] switch
    {
        [] => caller.ClientId,
        [{ Length: > 0 and <= LengthMax } name] when name.All(c => c is > ' ' and <= '~') => $"{caller.ClientId}/{name}",
        _ => throw new InvalidRequestException(Header, $"Must be one name of 1 to {LengthMax} visible ASCII characters."),
    };
}
