using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;

namespace Payments.Console;

/// <summary>Asks the gateway now and then whether the session of an open page still is one: a page stays open for days.</summary>
internal sealed class SessionWatch(ILoggerFactory logs, GatewayClient gateway) : RevalidatingServerAuthenticationStateProvider(logs)
{
    protected override TimeSpan RevalidationInterval => TimeSpan.FromSeconds(20);

    protected override Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken) =>
        gateway.IsSessionAsync(OperatorSession.TokenOf(authenticationState.User), cancellationToken);

    /// <summary>The same for every page that is loaded.</summary>
    public static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var gateway = context.HttpContext.RequestServices.GetRequiredService<GatewayClient>();
        if (context.Principal is not { } person
            || !await gateway.IsSessionAsync(OperatorSession.TokenOf(person), context.HttpContext.RequestAborted))
        {
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync();
        }
    }
}
