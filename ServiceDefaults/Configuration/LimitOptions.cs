using Microsoft.Extensions.Configuration;

namespace Payments.ServiceDefaults.Configuration;

/// <summary>Limits of a host, from the configuration section <c>Limits</c>.</summary>
public sealed record LimitOptions
{
    public const string Section = "Limits";

    /// <summary>The largest request body, in bytes. The API's bodies are a few hundred bytes; more is a mistake or an attack.</summary>
    public long RequestBodyBytesMax { get; init; } = 64 * 1024;

    internal static LimitOptions From(IConfiguration configuration) =>
        configuration.GetSection(Section).Get<LimitOptions>() ?? new LimitOptions();

    internal static bool IsValid(LimitOptions options) => options.RequestBodyBytesMax is > 0 and <= 64 * 1024 * 1024;
}
