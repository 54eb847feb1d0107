using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.Cookies;
using Payments.Contracts.Operators;
using Payments.ServiceDefaults.Callers;

namespace Payments.Console.Access;

/// <summary>Who looks at the console: an operator's session at the gateway, as the claims of the console's cookie.</summary>
internal static class OperatorSession
{
    /// <summary>Who has signed in and has no password to change first.</summary>
    public const string SignedInPolicy = "signed-in";

    private const string TokenClaim = "payments:token";
    private const string MustChangeClaim = "payments:must-change";

    public static ClaimsPrincipal PrincipalOf(SignInAnswer answer)
    {
        List<Claim> claims =
        [
            new(ClaimTypes.Name, answer.Name),
            new(ClaimTypes.Role, answer.Role),
            new(TokenClaim, answer.Token),
        ];
        if (answer.MustChangePassword)
        {
            claims.Add(new(MustChangeClaim, "true"));
        }

        return new(new ClaimsIdentity(claims, CookieAuthenticationDefaults.AuthenticationScheme));
    }

    /// <summary>What the gateway knows the session by. It stays on the server: the cookie that carries it is encrypted.</summary>
    public static string? TokenOf(ClaimsPrincipal person) => person.FindFirst(TokenClaim)?.Value;

    public static bool MustChange(ClaimsPrincipal person) => person.HasClaim(claim => claim.Type == MustChangeClaim);

    public static string RoleOf(ClaimsPrincipal person) => person.FindFirst(ClaimTypes.Role)?.Value ?? "";

    public static bool Has(ClaimsPrincipal person, OperatorRole role) => OperatorRoles.Find(RoleOf(person)) >= role;
}
