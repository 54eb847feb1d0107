using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace Payments.EventStore;

/// <summary>The log scope of background work on one correlation, as a request has it: a payment's is the payment's id.</summary>
public static class CorrelationScope
{
    [SuppressMessage("Naming", "CA1727", Justification = "The name that it has in the scopes of requests.")]
    private static readonly Func<ILogger, Guid, IDisposable?> Begin = LoggerMessage.DefineScope<Guid>("{correlationId}");

    /// <summary>Lines until it is disposed belong to this correlation. None, where it is not known.</summary>
    public static IDisposable? Of(this ILogger log, Guid? correlation) => correlation is { } id ? Begin(log, id) : null;
}
