using Microsoft.Extensions.Options;
using Payments.Gateway.Operators;
using Payments.ServiceDefaults.Callers;
using Payments.ServiceDefaults.Errors;
using Yarp.ReverseProxy.Model;

namespace Payments.Gateway.ApiKeys;

/// <summary>
/// Lets a request through to a service only with a key whose client may do it, or in the session of an operator who may, and tells the
/// service who it is. What is neither proxied nor asks for scopes (health, the API's description, sign-in) looks after itself.
/// </summary>
internal sealed class CallerMiddleware(RequestDelegate next, ApiKeyDirectory keys, SignedIn signedIn)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var endpoint = context.GetEndpoint();
        if (endpoint?.Metadata.GetMetadata<RouteModel>() is null && endpoint?.Metadata.GetMetadata<RequiredScopes>() is null)
        {
            await next(context);
            return;
        }

        if (await IdentifyAsync(context) is not { } client)
        {
            return; // Answered.
        }

        // A route without scopes is one that nobody thought about: closed.
        var needed = endpoint.Metadata.GetMetadata<RequiredScopes>()?.For(context.Request.Method) ?? Scopes.Admin;
        if (!client.Scopes.HasFlag(needed))
        {
            var problem = Problems.Refused(403, ProblemCodes.Forbidden, $"This needs the scope '{ScopeNames.NameOf(needed)}'.");
            await problem.ExecuteAsync(context);
            return;
        }

        Tell(context.Request.Headers, client);
        context.Features.Set(client);
        await next(context);
    }

    private async Task<ApiClient?> IdentifyAsync(HttpContext context)
    {
        var headers = context.Request.Headers;
        if (headers[PlatformHeaders.ApiKey] is [{ Length: > 0 } key])
        {
            if (keys.Find(key) is { } client)
            {
                return client;
            }

            await UnknownAsync(context, ProblemCodes.InvalidApiKey, "This API key is not known.");
            return null;
        }

        if (SignedIn.TokenOf(context) is not { } token)
        {
            await UnknownAsync(context, ProblemCodes.MissingApiKey, $"Send one API key in the header {PlatformHeaders.ApiKey}.");
            return null;
        }

        var (person, problem) = await signedIn.FindAsync(token, mayHaveToChange: false, context.RequestAborted);
        if (problem is not null)
        {
            await problem.ExecuteAsync(context);
            return null;
        }

        headers.Remove("Authorization");
        return ApiClient.Of(person!);
    }

    // The services believe these, so nothing of them comes from outside. But an API client that serves people may say for whom it acts.
    private static void Tell(IHeaderDictionary headers, ApiClient client)
    {
        headers.Remove(PlatformHeaders.ApiKey);
        headers[PlatformHeaders.ClientId] = client.Id;
        headers.Remove(PlatformHeaders.OperatorRole);
        if (client.Role is { } role)
        {
            headers[PlatformHeaders.OperatorRole] = OperatorRoles.NameOf(role);
        }

        if (client.Person is { } person)
        {
            headers[PlatformHeaders.Operator] = person;
        }
    }

    private static Task UnknownAsync(HttpContext context, string code, string detail)
    {
        // RFC 9110, 15.5.2: a 401 names its scheme.
        context.Response.Headers.WWWAuthenticate = $"ApiKey header=\"{PlatformHeaders.ApiKey}\", Bearer";
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
