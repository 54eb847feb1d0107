using Microsoft.AspNetCore.Http;
using Payments.ServiceDefaults;

namespace Payments.Services;

/// <summary>Who acts: the API client, and where one client serves many people, the person it names in <c>X-Operator</c>.</summary>
public readonly record struct OperatorName(string Value)
{
    public const string Header = "X-Operator";

    private const int LengthMax = 64;

    /// <summary>Binds an endpoint's parameter.</summary>
    /// <exception cref="InvalidRequestException">The header is repeated, too long, or not visible ASCII.</exception>
    public static ValueTask<OperatorName> BindAsync(HttpContext context)
    {
        var client = CallerIdentity.Of(context).ClientId;
        IReadOnlyList<string?> given = context.Request.Headers[Header];
        return given switch
        {
            [] => new(new OperatorName(client)),
            [{ Length: > 0 and <= LengthMax } person] when person.All(c => c is > ' ' and <= '~') =>
                new(new OperatorName($"{client}/{person}")),
            _ => throw new InvalidRequestException(Header, $"Must be one name of 1 to {LengthMax} visible ASCII characters."),
        };
    }
}
