using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Payments.ServiceDefaults.Errors;

namespace Payments.ServiceDefaults.Callers;

/// <summary>The role that an endpoint for operators asks for.</summary>
public sealed record RequiredRole(OperatorRole Role);

/// <summary>Routes for operators, none of which is open by oversight.</summary>
public static class AdminRoutes
{
    /// <summary>
    /// A group of routes for operators. What only reads is for every role; what changes something is for operators, unless
    /// <see cref="RequireRole"/> says otherwise.
    /// </summary>
    public static RouteGroupBuilder MapAdmin(this IEndpointRouteBuilder app, string prefix)
    {
        var group = app.MapGroup(prefix).ExcludeFromDescription();
        ((IEndpointConventionBuilder)group).Finally(endpoint =>
        {
            if (!endpoint.Metadata.OfType<RequiredRole>().Any())
            {
                var methods = endpoint.Metadata.OfType<IHttpMethodMetadata>().SelectMany(m => m.HttpMethods).ToList();
                var reads = methods.Count > 0 && methods.TrueForAll(m => HttpMethods.IsGet(m) || HttpMethods.IsHead(m));
                endpoint.Metadata.Add(new RequiredRole(reads ? OperatorRole.Viewer : OperatorRole.Operator));
            }
        });
        return group;
    }

    /// <summary>Asks for another role than the group's routes do of themselves.</summary>
    public static TBuilder RequireRole<TBuilder>(this TBuilder builder, OperatorRole role)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new RequiredRole(role));
}

/// <summary>
/// Refuses who has not the role that the endpoint asks for. It is what the gateway found the caller to be; who comes without one, comes
/// around the gateway.
/// </summary>
internal sealed class RequiredRoleMiddleware(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<RequiredRole>() is not { Role: var needed })
        {
            return next(context);
        }

        var given = context.Request.Headers[PlatformHeaders.OperatorRole] is [{ } name] ? OperatorRoles.Find(name) : null;
        if (given >= needed)
        {
            return next(context);
        }

        var detail = given is { } role
            ? $"This needs the role '{OperatorRoles.NameOf(needed)}'; you have '{OperatorRoles.NameOf(role)}'."
            : $"This needs the role '{OperatorRoles.NameOf(needed)}', which the gateway tells; the call did not come through it.";
        return Problems.Refused(StatusCodes.Status403Forbidden, ProblemCodes.RoleMissing, detail).ExecuteAsync(context);
    }
}
