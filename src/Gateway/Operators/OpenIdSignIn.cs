using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using Payments.Contracts.Operators;
using Payments.ServiceDefaults.Callers;
using Payments.ServiceDefaults.Errors;

namespace Payments.Gateway.Operators;

/// <summary>
/// Signing in with a token of an OpenID Connect provider, which the console got. It is the gateway that looks whether the provider has
/// signed it for the console, and what role it tells.
/// </summary>
internal sealed partial class OpenIdSignIn(
    OperatorStore books, Sessions sessions, OperatorOptions options, IHostEnvironment environment, ILogger<OpenIdSignIn> log)
{
    private const int TokenLengthMax = 16 * 1024;

    private readonly JsonWebTokenHandler _tokens = new() { MapInboundClaims = false };
    private readonly ConfigurationManager<OpenIdConnectConfiguration>? _provider = options.OpenIdConnect.IsConfigured
        ? new(
            $"{options.OpenIdConnect.Authority.TrimEnd('/')}/.well-known/openid-configuration",
            new OpenIdConnectConfigurationRetriever(),
            new HttpDocumentRetriever { RequireHttps = !environment.IsDevelopment() })
        : null;

    public static Task<IResult> Handle(OpenIdSignInRequest request, OpenIdSignIn signIn, CancellationToken cancel) =>
        signIn.HandleAsync(request.IdToken, cancel);

    private async Task<IResult> HandleAsync(string token, CancellationToken cancel)
    {
        if (_provider is null)
        {
            return Problems.NotFound("no_open_id", "No OpenID Connect provider is configured here.");
        }

        if (token.Length > TokenLengthMax || await ValidateAsync(token, cancel) is not { } jwt)
        {
            return Problems.Refused(401, "sign_in_refused", "The provider's token is not valid.");
        }

        var (name, role) = (NameOf(jwt), RoleOf(jwt));
        if (!OperatorNames.IsValid(name) || role is null)
        {
            return Problems.Refused(
                403, ProblemCodes.Forbidden, $"'{name}' has no role here: the claim '{options.OpenIdConnect.RoleClaim}' names none.");
        }

        var act = AccessAct.OfAccount(name, "vouched-for", $"by {jwt.Issuer}", name, after: RoleNode(role));
        return await books.VouchAsync(jwt.Issuer, jwt.Subject, name, role, act, cancel)
            && await books.FindAsync(name, cancel) is { } account
            ? account.DisabledAt is null
                ? Results.Json(await sessions.BeginAsync(account, $"with {jwt.Issuer}", cancel), OperatorJson.Default.SignInAnswer)
                : Problems.Refused(403, ProblemCodes.Forbidden, "The account is disabled.")
            : Problems.Conflict("operator_exists", $"'{name}' is the name of another operator here.");
    }

    private async Task<JsonWebToken?> ValidateAsync(string token, CancellationToken cancel)
    {
        OpenIdConnectConfiguration provider;
        try
        {
            provider = await _provider!.GetConfigurationAsync(cancel);
        }
        catch (InvalidOperationException trouble)
        {
            LogUnreachable(trouble);
            return null;
        }

        var result = await _tokens.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = provider.Issuer,
            ValidAudience = options.OpenIdConnect.ClientId,
            IssuerSigningKeys = provider.SigningKeys,
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            ClockSkew = TimeSpan.FromMinutes(1),
        });
        if (result.IsValid)
        {
            return (JsonWebToken)result.SecurityToken;
        }

        _provider.RequestRefresh(); // Its keys may have changed.
        LogInvalid(result.Exception);
        return null;
    }

    private string NameOf(JsonWebToken jwt) =>
        jwt.TryGetPayloadValue<string>(options.OpenIdConnect.NameClaim, out var name) ? name.ToLowerInvariant() : "";

    private string? RoleOf(JsonWebToken jwt)
    {
        var told = jwt.Claims.Where(c => c.Type == options.OpenIdConnect.RoleClaim).Select(c => c.Value).ToHashSet(StringComparer.Ordinal);
        return told.Contains(options.OpenIdConnect.Admin) ? OperatorRoles.Admin
            : told.Contains(options.OpenIdConnect.Operator) ? OperatorRoles.Operator
            : told.Contains(options.OpenIdConnect.Viewer) ? OperatorRoles.Viewer
            : null;
    }

    private static System.Text.Json.Nodes.JsonObject RoleNode(string role) => new() { ["role"] = role };

    [LoggerMessage(8002, LogLevel.Error, "The OpenID Connect provider cannot be asked for its configuration.")]
    private partial void LogUnreachable(Exception trouble);

    [LoggerMessage(8003, LogLevel.Warning, "A token of the OpenID Connect provider was refused.")]
    private partial void LogInvalid(Exception trouble);
}
