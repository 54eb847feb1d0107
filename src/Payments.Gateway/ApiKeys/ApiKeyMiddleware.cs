using Microsoft.Extensions.Options;
using Payments.ServiceDefaults;
using Yarp.ReverseProxy.Model;

namespace Payments.Gateway;

/// <summary>
/// Lets a request through to a service only with a key whose client may do it, and tells the service who it is. What is neither proxied nor
/// asks for scopes itself (health, the API's description) is public.
/// </summary>
internal sealed class ApiKeyMiddleware(RequestDelegate next, ApiKeyDirectory keys)
{
    public Task InvokeAsync(HttpContext context)
    {
        var endpoint = context.GetEndpoint();
        if (endpoint?.Metadata.GetMetadata<RouteModel>() is null && endpoint?.Metadata.GetMetadata<RequiredScopes>() is null)
        {
            return next(context);
        }

        var headers = context.Request.Headers;
        if (headers[PlatformHeaders.ApiKey] is not [{ Length: > 0 } key])
        {
            return Unknown(context, ProblemCodes.MissingApiKey, $"Send one API key in the header {PlatformHeaders.ApiKey}.");
        }

        if (keys.Find(key) is not { } client)
        {
            return Unknown(context, ProblemCodes.InvalidApiKey, "This API key is not known.");
        }

        // A route without scopes is one that nobody thought about: closed.
        var needed = endpoint.Metadata.GetMetadata<RequiredScopes>()?.For(context.Request.Method) ?? Scopes.Admin;
        if (!client.Scopes.HasFlag(needed))
        {
            var problem = Problems.Refused(403, ProblemCodes.Forbidden, $"This needs the scope '{ScopeNames.NameOf(needed)}'.");
            return problem.ExecuteAsync(context);
        }

        headers[PlatformHeaders.ClientId] = client.Id;
        headers.Remove(PlatformHeaders.ApiKey);
        context.Features.Set(client);
        return next(context);
    }

    private static Task Unknown(HttpContext context, string code, string detail)
    {
        // RFC 9110, 15.5.2: a 401 names its scheme.
        context.Response.Headers.WWWAuthenticate = $"ApiKey header=\"{PlatformHeaders.ApiKey}\"";
        return Problems.Refused(StatusCodes.Status401Unauthorized, code, detail).ExecuteAsync(context);
    }
}

internal static class ApiKeyRegistration
{
    public static void AddApiKeys(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<ApiKeyOptions>()
            .Configure<IConfiguration>((options, configuration) =>
            {
                options.Pepper = configuration["ApiKeyPepper"] ?? "";
                options.Keys = configuration.GetSection("ApiKeys").Get<List<ApiKeyEntry>>() ?? [];
            })
            .ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<ApiKeyOptions>, ApiKeyOptionsValidator>();
        builder.Services.AddSingleton<ApiKeyDirectory>();
    }
}
