using Microsoft.AspNetCore.Http;
using Payments.ServiceDefaults.Callers;
using Payments.ServiceDefaults.Errors;

namespace Payments.Hosting;

/// <summary>
/// Who acts, for the record: an operator who has signed in (<c>anna</c>), an API client (<c>shop</c>), or whom a client names in
/// <c>X-Operator</c> (<c>shop/anna</c>).
/// </summary>
public readonly record struct OperatorName(string Value)
{
    private const int LengthMax = 64;

    /// <summary>
    /// Who answers for it. A client can name whom it likes, so two names that one client gives are one and the same when two are needed.
    /// </summary>
    public string Principal => Value.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash ? Value[..slash] : Value;

    /// <summary>What one person has asked for and another has agreed to.</summary>
    public OperatorName ApprovedBy(OperatorName second) => new($"{Value} (approved by {second.Value})");

    /// <summary>Binds an endpoint's parameter.</summary>
    /// <exception cref="InvalidRequestException">The header is repeated, too long, or not visible ASCII.</exception>
    public static ValueTask<OperatorName> BindAsync(HttpContext context) => new(Of(context));

    /// <exception cref="InvalidRequestException">The header is repeated, too long, or not visible ASCII.</exception>
    public static OperatorName Of(HttpContext context)
    {
        var client = CallerIdentity.Of(context).ClientId;
        IReadOnlyList<string?> given = context.Request.Headers[PlatformHeaders.Operator];
        return given switch
        {
            [] when client != CallerIdentity.SignedIn => new OperatorName(client), // Who has signed in is somebody.
            [{ Length: > 0 and <= LengthMax } person] when person.All(c => c is > ' ' and <= '~' and not '/') =>
                new OperatorName(client == CallerIdentity.SignedIn ? person : $"{client}/{person}"),
            _ => throw new InvalidRequestException(
                PlatformHeaders.Operator, $"Must be one name of 1 to {LengthMax} visible ASCII characters without '/'."),
        };
    }
}
