using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.DataProtection;

namespace Payments.Console.Access;

/// <summary>Nobody sees anything before having signed in; only the sign-in page, its looks and the health are for all.</summary>
internal static class AccessRegistration
{
    public const string OpenId = "open-id";

    private const string Cookie = "payments.console";

    public static void AddAccess(this WebApplicationBuilder builder)
    {
        builder.Services.AddCascadingAuthenticationState();
        builder.Services.AddScoped<AuthenticationStateProvider, SessionWatch>();
        builder.Services.AddScoped<OperatorClient>();
        var authentication = builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(WithCookie);
        if (OpenIdProvider.From(builder.Configuration) is { } provider)
        {
            builder.Services.AddSingleton(provider);
            authentication.AddOpenIdConnect(OpenId, options => provider.Apply(options, builder.Environment));
        }

        var signedIn = new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build();
        var everything = new AuthorizationPolicyBuilder(signedIn).RequireAssertion(c => !OperatorSession.MustChange(c.User)).Build();
        builder.Services.AddAuthorizationBuilder()
            .AddPolicy(OperatorSession.SignedInPolicy, signedIn)
            .SetDefaultPolicy(everything)
            .SetFallbackPolicy(everything);
        builder.Services.AddHttpContextAccessor();

        // Cookies outlive a start, and are understood by every instance, where their keys are kept together.
        var keys = builder.Services.AddDataProtection().SetApplicationName("payments-console");
        if (builder.Configuration["Console:KeysFolder"] is { Length: > 0 } folder)
        {
            keys.PersistKeysToFileSystem(Directory.CreateDirectory(folder));

            // It would say at each start that they are not encrypted there: whoever can read the folder can sign in, as docs/access.md
            // says.
            builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection.KeyManagement.XmlKeyManager", LogLevel.Error);
        }
    }

    public static void MapAccess(this WebApplication app)
    {
        app.UseAuthentication();
        app.UseAuthorization();
        if (OpenIdProvider.From(app.Configuration) is not null)
        {
            app.MapGet("/sign-in/open-id", (string? returnUrl) => OpenIdProvider.IsLocal(returnUrl)
                ? Results.Challenge(new AuthenticationProperties { RedirectUri = returnUrl }, [OpenId])
                : Results.Challenge(new AuthenticationProperties { RedirectUri = "/" }, [OpenId])).AllowAnonymous();
        }
    }

    private static void WithCookie(CookieAuthenticationOptions options)
    {
        options.Cookie.Name = Cookie;
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Lax;
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest; // Plain HTTP is for loopback, and behind a proxy that ends TLS.
        options.LoginPath = "/sign-in";
        options.AccessDeniedPath = "/account"; // Only those are denied who must change their password first.
        options.ReturnUrlParameter = "returnUrl";
        options.SlidingExpiration = false;
        options.ExpireTimeSpan = TimeSpan.FromHours(24); // The session at the gateway ends earlier.
        options.Events.OnValidatePrincipal = SessionWatch.ValidateAsync;
    }
}
