namespace Payments.ServiceDefaults.Callers;

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

    /// <summary>The person who acts, where one client serves many: an operator who has signed in, or whom an API client names.</summary>
    public const string Operator = "X-Operator";

    /// <summary>What that person may do, as the gateway found. The gateway drops what a client sends under this name.</summary>
    public const string OperatorRole = "X-Operator-Role";

    /// <summary>The order of somebody else that this, the same order, approves.</summary>
    public const string Approval = "X-Approval";
}
