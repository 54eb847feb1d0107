using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Payments.Console.Gateway;
using Payments.Contracts.Operators;

namespace Payments.Console.Access;

/// <summary>The OpenID Connect provider, where people sign in with that: the section <c>Console:OpenIdConnect</c>.</summary>
/// <param name="Name">What the button says.</param>
internal sealed record OpenIdProvider(string Authority, string ClientId, string? ClientSecret, string Name)
{
    public static OpenIdProvider? From(IConfiguration configuration)
    {
        var section = configuration.GetSection("Console:OpenIdConnect");
        return section["Authority"] is { Length: > 0 } authority
            ? new(
                authority,
                section["ClientId"] ?? throw new InvalidOperationException($"{section.Path}:ClientId is missing."),
                section["ClientSecret"],
                section["Name"] ?? "OpenID Connect")
            : null;
    }

    /// <summary>An address of the console itself, and nobody else's.</summary>
    public static bool IsLocal(string? address) => address is ['/', ..] && address is not ['/', '/' or '\\', ..];

    public void Apply(OpenIdConnectOptions options, IHostEnvironment environment)
    {
        options.Authority = Authority;
        options.ClientId = ClientId;
        options.ClientSecret = ClientSecret;
        options.RequireHttpsMetadata = !environment.IsDevelopment();
        options.ResponseType = OpenIdConnectResponseType.Code; // With PKCE, which the handler adds.
        options.ResponseMode = OpenIdConnectResponseMode.Query;
        options.MapInboundClaims = false;
        options.Scope.Clear();
        options.Scope.Add("openid");
        options.Scope.Add("profile");
        options.CorrelationCookie.SameSite = SameSiteMode.Lax;
        options.CorrelationCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.NonceCookie.SameSite = SameSiteMode.Lax;
        options.NonceCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.Events.OnTokenValidated = ExchangeAsync;
        options.Events.OnRemoteFailure = context =>
        {
            context.HandleResponse();
            context.Response.Redirect("/sign-in?refused=" + Uri.EscapeDataString(context.Failure?.Message ?? "The provider has refused."));
            return Task.CompletedTask;
        };
    }

    // The gateway looks at the token itself, and tells the role: the console takes nobody's word for that, not even its own.
    private static async Task ExchangeAsync(TokenValidatedContext context)
    {
        var gateway = context.HttpContext.RequestServices.GetRequiredService<GatewayClient>();
        var answer = await gateway.PostAsync<OpenIdSignInRequest, SignInAnswer>(
            OperatorPaths.OpenIdSignIn, new(context.TokenEndpointResponse!.IdToken), default, context.HttpContext.RequestAborted);
        if (answer.Value is { } session)
        {
            context.Principal = OperatorSession.PrincipalOf(session);
        }
        else
        {
            context.Fail(answer.Trouble!.Message);
        }
    }
}
