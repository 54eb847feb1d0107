namespace Payments.ServiceDefaults;

/// <summary>The HTTP headers of this platform.</summary>
public static class PlatformHeaders
{
    /// <summary>What a client proves itself with; read by the gateway and never passed on.</summary>
    public const string ApiKey = "X-Api-Key";

    /// <summary>Who the gateway found the client to be. The gateway drops what a client sends under this name.</summary>
    public const string ClientId = "X-Client-Id";

    /// <summary>Joins the log lines of one request across services; taken from the client or made, and always returned.</summary>
    public const string CorrelationId = "X-Correlation-Id";

    /// <summary>Makes a POST safe to repeat.</summary>
    public const string IdempotencyKey = "Idempotency-Key";
}
