using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace IntegrationTests.Operators;

/// <summary>
/// An OpenID Connect provider with one person in it, who agrees to everything: discovery, keys, and the code flow with PKCE, over HTTP.
/// </summary>
internal sealed class OpenIdStandIn : IAsyncDisposable
{
    public const string ClientId = "payments-console";
    public const string ClientSecret = "known to both";

    private readonly RSA _rsa = RSA.Create(2048);
    private readonly ConcurrentDictionary<string, (string Challenge, string Nonce, string Redirect)> _codes = new();
    private readonly WebApplication _app;
    private readonly RsaSecurityKey _key;

    private OpenIdStandIn()
    {
        _key = new RsaSecurityKey(_rsa) { KeyId = "key-1" };
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapGet("/.well-known/openid-configuration", () => Results.Json(new Dictionary<string, object>
        {
            ["issuer"] = Issuer,
            ["authorization_endpoint"] = $"{Issuer}/authorize",
            ["token_endpoint"] = $"{Issuer}/token",
            ["jwks_uri"] = $"{Issuer}/keys",
            ["response_types_supported"] = new[] { "code" },
            ["subject_types_supported"] = new[] { "public" },
            ["id_token_signing_alg_values_supported"] = new[] { "RS256" },
        }));
        _app.MapGet("/keys", () =>
        {
            var key = JsonWebKeyConverter.ConvertFromRSASecurityKey(
                new RsaSecurityKey(_rsa.ExportParameters(false)) { KeyId = _key.KeyId });
            return Results.Json(
                new { keys = new[] { new { kty = key.Kty, use = "sig", kid = key.Kid, alg = "RS256", n = key.N, e = key.E } } });
        });
        _app.MapGet("/authorize", Authorize);
        _app.MapPost("/token", TokenAsync);
    }

    public string Issuer => _app.Urls.First();

    /// <summary>What is told of the person.</summary>
    public Dictionary<string, object> Person { get; } = new()
    {
        ["sub"] = "subject-7",
        ["preferred_username"] = "Paula",
        ["roles"] = new[] { "payments-operator", "something-else" },
    };

    public static async Task<OpenIdStandIn> StartAsync()
    {
        var provider = new OpenIdStandIn();
        await provider._app.StartAsync(TestContext.Current.CancellationToken);
        return provider;
    }

    public string Token(
        string? audience = null, string? issuer = null, int expiresInSeconds = 300, string? nonce = null, RSA? signedBy = null)
    {
        var claims = new Dictionary<string, object>(Person);
        if (nonce is not null)
        {
            claims["nonce"] = nonce;
        }

        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer ?? Issuer,
            Audience = audience ?? ClientId,
            Claims = claims,
            NotBefore = now.AddHours(-1),
            IssuedAt = now.AddHours(-1),
            Expires = now.AddSeconds(expiresInSeconds),
            SigningCredentials = new SigningCredentials(
                signedBy is null ? _key : new RsaSecurityKey(signedBy) { KeyId = _key.KeyId }, SecurityAlgorithms.RsaSha256),
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _rsa.Dispose();
    }

    private IResult Authorize(HttpRequest request)
    {
        string Of(string name) => request.Query[name].ToString();
        if (Of("client_id") != ClientId || Of("response_type") != "code" || Of("code_challenge_method") != "S256")
        {
            return Results.BadRequest("That is not what the console should ask.");
        }

        var code = Guid.NewGuid().ToString("N");
        _codes[code] = (Of("code_challenge"), Of("nonce"), Of("redirect_uri"));
        return Results.Redirect($"{Of("redirect_uri")}?code={code}&state={Uri.EscapeDataString(Of("state"))}");
    }

    private async Task<IResult> TokenAsync(HttpRequest request)
    {
        var form = await request.ReadFormAsync();
        var proof = WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString())));
        return _codes.TryRemove(form["code"].ToString(), out var asked)
            && asked.Challenge == proof
            && asked.Redirect == form["redirect_uri"]
            && form["client_secret"] == ClientSecret
            ? Results.Json(new { access_token = "none", token_type = "Bearer", expires_in = 300, id_token = Token(nonce: asked.Nonce) })
            : Results.BadRequest(new { error = "invalid_grant" });
    }
}
