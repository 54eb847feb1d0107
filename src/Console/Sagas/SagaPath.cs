using System.Text.Json;
using Payments.Contracts.Events;

namespace Payments.Console.Sagas;

/// <summary>The way that one saga has gone: the phases it was in, in order, as the API names them. Pure.</summary>
/// <param name="FailedAt">The phase in which it turned back; null when it has not.</param>
public sealed record SagaPath(IReadOnlyList<string> Phases, string? FailedAt)
{
    public static SagaPath Of(Guid saga, IEnumerable<HistoryEvent> history)
    {
        var moves = history
            .Where(e => e.Stream == $"saga/{saga:D}" && e.Type == "saga.moved.v1" && Text(e, "to") is { Length: > 0 })
            .OrderBy(e => e.Version).ToList();
        var turned = moves.FindIndex(e => Text(e, "failureCode") is not null);
        var phases = moves.Select(e => JsonNamingPolicy.SnakeCaseLower.ConvertName(Text(e, "to")!)).ToList();
        return new(phases, turned > 0 ? phases[turned - 1] : null);
    }

    /// <summary>Whether it went from one phase straight to another. It starts at <c>started</c>.</summary>
    public bool Went(string from, string to)
    {
        for (var i = 0; i < Phases.Count; i++)
        {
            if (Phases[i] == to && (i == 0 ? "started" : Phases[i - 1]) == from)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// The events of a payment's history that concern one of its sagas: its own, and what wallets and payments did for it.
    /// </summary>
    public static IReadOnlyList<HistoryEvent> Concerning(Guid saga, IEnumerable<HistoryEvent> history) =>
        [.. history.Where(e => e.Stream == $"saga/{saga:D}" || OperationOf(e) == saga)];

    // A wallet's event names its operation; a payment's is about the payment itself unless it names a refund.
    private static Guid? OperationOf(HistoryEvent e)
    {
        if (e.Stream.StartsWith("saga/", StringComparison.Ordinal))
        {
            return null;
        }

        foreach (var name in new[] { "operation", "refund" })
        {
            if (Find(e.Data, name) is { } id)
            {
                return id;
            }
        }

        return e.Data.ValueKind == JsonValueKind.Object
            && e.Data.TryGetProperty("terms", out var terms)
            && Find(terms, "refund") is { } refund
            ? refund
            : e.CorrelationId;
    }

    private static string? Text(HistoryEvent e, string name) =>
        e.Data.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;

    private static Guid? Find(JsonElement data, string name) =>
        data.ValueKind == JsonValueKind.Object && data.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            && Guid.TryParse(value.GetString(), out var id)
            ? id
            : null;
}
