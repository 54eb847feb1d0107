using System.Text.Json;
using Payments.EventStore.Contract;

namespace SimulationTests.Services;

/// <summary>The saga service's <c>sagas</c>, as far as its clock looks at them.</summary>
internal sealed class SagaTable
{
    private readonly Dictionary<Guid, Row> _waiting = [];

    /// <summary>The first deadline that somebody is still to be told of.</summary>
    public DateTimeOffset? FirstDeadline => _waiting.Count == 0 ? null : _waiting.Values.Min(r => r.Deadline);

    /// <summary>When the clock will tell a saga; null when it will not.</summary>
    public DateTimeOffset? DeadlineOf(Guid saga) => _waiting.GetValueOrDefault(saga)?.Deadline;

    public void Apply(ProjectionRow row)
    {
        using var json = JsonDocument.Parse(row.Json);
        var r = json.RootElement;
        var saga = r.GetProperty("sagaId").GetGuid();
        var isWaiting = r.TryGetProperty("deadline", out var deadline) && deadline.ValueKind == JsonValueKind.String;
        if (isWaiting && !r.GetProperty("overdue").GetBoolean())
        {
            _waiting[saga] = new Row(saga, r.GetProperty("phase").GetString()!, deadline.GetDateTimeOffset());
        }
        else
        {
            _waiting.Remove(saga);
        }
    }

    public List<Row> Due(DateTimeOffset now) =>
        [.. _waiting.Values.Where(r => r.Deadline <= now).OrderBy(r => r.Deadline).ThenBy(r => r.Saga)];

    internal sealed record Row(Guid Saga, string Phase, DateTimeOffset Deadline);
}
