using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Payments.ServiceDefaults.Configuration;

/// <summary>Where the other services are: <c>services:{name}:http:0</c>, <c>:1</c>, as Aspire's <c>WithReference</c> writes them.</summary>
public static class ServiceAddresses
{
    /// <summary>The first address of a service.</summary>
    /// <exception cref="InvalidOperationException">None is configured.</exception>
    public static Uri ServiceAddress(this IConfiguration configuration, string name) =>
        configuration.FindServiceAddresses(name) is [var first, ..]
            ? first
            : throw new InvalidOperationException(
                $"No address of '{name}': set services:{name}:http:0, for example to http://127.0.0.1:5001.");

    /// <summary>
    /// Every address of a service, one an instance; empty when none is configured. Plain HTTP goes before HTTPS, which needs a
    /// trusted certificate.
    /// </summary>
    /// <exception cref="InvalidOperationException">One is no absolute address.</exception>
    public static IReadOnlyList<Uri> FindServiceAddresses(this IConfiguration configuration, string name)
    {
        var http = Addresses(configuration.GetSection($"services:{name}:http"));
        return http.Count > 0 ? http : Addresses(configuration.GetSection($"services:{name}:https"));
    }

    private static List<Uri> Addresses(IConfigurationSection section) =>
        [.. section.GetChildren().OrderBy(c => int.Parse(c.Key, NumberStyles.None, CultureInfo.InvariantCulture)).Select(Address)];

    private static Uri Address(IConfigurationSection entry) =>
        Uri.TryCreate(entry.Value, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? uri
            : throw new InvalidOperationException($"{entry.Path} is no absolute HTTP address: '{entry.Value}'.");
}
