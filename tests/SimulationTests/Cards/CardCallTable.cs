using System.Text;
using System.Text.Json;
using Payments.EventStore.Contract;
using Payments.SagaService.Cards;

namespace SimulationTests.Cards;

/// <summary>
/// The saga service's <c>card_calls</c>: what is to be asked of the card processor, each call leased by one worker at a time.
/// </summary>
internal sealed class CardCallTable
{
    private readonly Dictionary<Guid, Row> _rows = [];

    public DateTimeOffset? Next => _rows.Count == 0 ? null : _rows.Values.Min(r => r.ReadyAt);

    /// <summary>As <c>apply_card_calls</c> does it.</summary>
    public void Apply(ProjectionRow row)
    {
        using var json = JsonDocument.Parse(row.Json);
        var r = json.RootElement;
        var saga = r.GetProperty("sagaId").GetGuid();
        if (!r.TryGetProperty("command", out var command) || command.ValueKind == JsonValueKind.Null)
        {
            _rows.Remove(saga);
            return;
        }

        var fresh = new Row(
            saga,
            r.GetProperty("callKey").GetString()!,
            r.GetProperty("commandType").GetString()!,
            r.GetProperty("commandSchema").GetInt32(),
            Encoding.UTF8.GetBytes(command.GetRawText()),
            r.GetProperty("paymentId").GetGuid(),
            r.GetProperty("version").GetInt64(),
            r.GetProperty("askedAt").GetDateTimeOffset());
        if (_rows.TryGetValue(saga, out var before) && before.Key == fresh.Key)
        {
            (fresh.Lease, fresh.LeasedUntil, fresh.Calls) = (before.Lease, before.LeasedUntil, before.Calls);
        }

        _rows[saga] = fresh;
    }

    public LeasedCall? Lease(Guid lease, DateTimeOffset now, TimeSpan leaseFor)
    {
        if (_rows.Values.Where(r => r.ReadyAt <= now).MinBy(r => (r.DueAt, r.Saga)) is not { } row)
        {
            return null;
        }

        (row.Lease, row.LeasedUntil, row.Calls) = (lease, now + leaseFor, row.Calls + 1);
        return new LeasedCall(row.Saga, lease, row.Type, row.Schema, row.Json, row.Payment, row.Version, row.AskedAt, row.Calls);
    }

    public void PutOff(LeasedCall call, DateTimeOffset dueAt, bool count)
    {
        if (_rows.TryGetValue(call.Saga, out var row) && row.Lease == call.Lease)
        {
            (row.Lease, row.LeasedUntil, row.DueAt, row.Calls) = (null, null, dueAt, count ? row.Calls : row.Calls - 1);
        }
    }

    private sealed record Row(
        Guid Saga, string Key, string Type, int Schema, byte[] Json, Guid Payment, long Version, DateTimeOffset AskedAt)
    {
        public DateTimeOffset DueAt { get; set; } = AskedAt;

        public Guid? Lease { get; set; }

        public DateTimeOffset? LeasedUntil { get; set; }

        public int Calls { get; set; }

        public DateTimeOffset ReadyAt => LeasedUntil is { } until && until > DueAt ? until : DueAt;
    }
}
