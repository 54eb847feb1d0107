using Payments.Gateway.ApiKeys;
using Payments.ServiceDefaults.Callers;
using Payments.ServiceDefaults.Errors;

namespace Payments.Gateway.Operators;

/// <summary>What an endpoint of the gateway itself asks of who calls it.</summary>
internal static class SignedInFilter
{
    /// <summary>For who has signed in: it is about their own session. The person is a feature of the request then.</summary>
    public static RouteHandlerBuilder RequireSession(this RouteHandlerBuilder route) =>
        route.AddEndpointFilter(async (invocation, next) =>
        {
            var context = invocation.HttpContext;
            var (person, problem) = await FindAsync(context, mayHaveToChange: true);
            context.Features.Set(person);
            return problem ?? await next(invocation);
        });

    /// <summary>For operators who have signed in, and for API clients, that have the role.</summary>
    public static RouteHandlerBuilder RequireRole(this RouteHandlerBuilder route, OperatorRole role) =>
        route.AddEndpointFilter(async (invocation, next) =>
        {
            var context = invocation.HttpContext;
            var (person, problem) = ClientOf(context) is { } client ? (client, null) : await FindAsync(context, mayHaveToChange: false);
            if (problem is not null)
            {
                return problem;
            }

            if (!(OperatorRoles.Find(person!.Role) >= role))
            {
                return Problems.Refused(
                    403, ProblemCodes.RoleMissing, $"This needs the role '{OperatorRoles.NameOf(role)}'; you have '{person.Role}'.");
            }

            context.Features.Set(person);
            return await next(invocation);
        });

    private static async Task<(SignedInOperator? Person, IResult? Problem)> FindAsync(HttpContext context, bool mayHaveToChange) =>
        SignedIn.TokenOf(context) is { } token
            ? await context.RequestServices.GetRequiredService<SignedIn>().FindAsync(token, mayHaveToChange, context.RequestAborted)
            : (null, Problems.Refused(401, ProblemCodes.Unauthorized, "Sign in, and send the token as 'Authorization: Bearer …'."));

    private static SignedInOperator? ClientOf(HttpContext context) =>
        context.Request.Headers[PlatformHeaders.ApiKey] is [{ Length: > 0 } key]
        && context.RequestServices.GetRequiredService<ApiKeyDirectory>().Find(key) is { Role: { } role } client
            ? new SignedInOperator(client.Id, OperatorRoles.NameOf(role), MustChange: false, DateTimeOffset.MaxValue)
            : null;
}
