using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using Payments.ServiceDefaults.Callers;

namespace Payments.Gateway.ApiKeys;

/// <summary>
/// The API keys, hashed at rest: <c>ApiKeys:0:Hash</c>, <c>:ClientId</c>, <c>:Scopes:0</c>, and so on. The hash is HMAC-SHA256 of the key
/// under <c>ApiKeyPepper</c>, in hex: <c>printf %s "$KEY" | openssl dgst -sha256 -hmac "$PEPPER"</c>.
/// </summary>
internal sealed record ApiKeyOptions
{
    /// <summary>Kept apart from the hashes, so that a leaked configuration file is not enough to try keys against.</summary>
    public string Pepper { get; set; } = "";

    public IReadOnlyList<ApiKeyEntry> Keys { get; set; } = [];
}

/// <summary>One key of one client.</summary>
internal sealed record ApiKeyEntry
{
    public string Hash { get; init; } = "";

    /// <summary>Goes to the services as <c>X-Client-Id</c>.</summary>
    public string ClientId { get; init; } = "";

    /// <summary>
    /// <c>payments:read</c>, <c>payments:write</c>, <c>wallets:read</c>, <c>wallets:write</c>, and of what operators see and do, for the
    /// roles viewer, operator and admin, <c>admin:read</c>, <c>admin:operate</c>, <c>admin</c>.
    /// </summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];
}

/// <summary>Finds every fault at once, at start.</summary>
internal sealed partial class ApiKeyOptionsValidator : IValidateOptions<ApiKeyOptions>
{
    public ValidateOptionsResult Validate(string? name, ApiKeyOptions options)
    {
        var faults = options.Keys.SelectMany(Faults).ToList();
        if (options.Keys.Count > 0 && options.Pepper.Length < 16)
        {
            faults.Add("ApiKeyPepper: at least 16 characters are needed where there are API keys.");
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> Faults(ApiKeyEntry key, int index)
    {
        if (!Hex64().IsMatch(key.Hash))
        {
            yield return $"ApiKeys:{index}:Hash: 64 hexadecimal digits are needed.";
        }

        if (!Id().IsMatch(key.ClientId) || key.ClientId is CallerIdentity.Internal or CallerIdentity.SignedIn)
        {
            yield return $"ApiKeys:{index}:ClientId: 1 to 64 letters, digits, '.', '_', '-', "
                + $"and neither '{CallerIdentity.Internal}' nor '{CallerIdentity.SignedIn}'.";
        }

        if (!ScopeNames.TryParse(key.Scopes, out _))
        {
            yield return $"ApiKeys:{index}:Scopes: none, or one that does not exist.";
        }
    }

    [GeneratedRegex("^[0-9a-fA-F]{64}$")]
    private static partial Regex Hex64();

    [GeneratedRegex("^[A-Za-z0-9._-]{1,64}$")]
    private static partial Regex Id();
}
