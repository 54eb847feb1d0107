using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Payments.Console.Gateway;
using Payments.Contracts.Operators;

namespace Payments.Console.Access;

/// <summary>Asks the gateway now and then whether the session of an open page still is one: a page stays open for days.</summary>
internal sealed class SessionWatch(ILoggerFactory logs, GatewayClient gateway) : RevalidatingServerAuthenticationStateProvider(logs)
{
    protected override TimeSpan RevalidationInterval => TimeSpan.FromSeconds(20);

    protected override Task<bool> ValidateAuthenticationStateAsync(
        AuthenticationState authenticationState, CancellationToken cancellationToken) =>
        gateway.IsSessionAsync(OperatorSession.TokenOf(authenticationState.User), cancellationToken);

    /// <summary>The same for every page that is loaded; somebody who has another role by now has it there, too.</summary>
    public static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var gateway = context.HttpContext.RequestServices.GetRequiredService<GatewayClient>();
        var token = context.Principal is { } person ? OperatorSession.TokenOf(person) : null;
        var me = token is null ? null : await gateway.GetAsync<MeAnswer>(OperatorPaths.Me, token, context.HttpContext.RequestAborted);
        if (me is null or { Trouble.Kind: TroubleKind.SignedOut })
        {
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync();
        }
        else if (me.Value is { } known && known.Role != OperatorSession.RoleOf(context.Principal!))
        {
            context.ReplacePrincipal(OperatorSession.PrincipalOf(
                new SignInAnswer(token!, known.Name, known.Role, known.MustChangePassword, known.ExpiresAt)));
            context.ShouldRenew = true;
        }
    }
}
