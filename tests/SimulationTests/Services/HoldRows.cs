using System.Text.Json;
using Payments.EventStore.Contract;

namespace SimulationTests.Services;

/// <summary>The wallet service's <c>holds</c>, as far as its clock looks at them.</summary>
internal sealed class HoldRows
{
    private readonly Dictionary<Guid, Row> _open = [];

    public int Count => _open.Count;

    public DateTimeOffset? First => _open.Count == 0 ? null : _open.Values.Min(r => r.ExpiresAt);

    /// <summary>As <c>apply_holds</c> does it. A hold that is there already is refused before: by the wallet, and here.</summary>
    public void Apply(ProjectionRow row)
    {
        using var json = JsonDocument.Parse(row.Json);
        var r = json.RootElement;
        var hold = r.GetProperty("holdId").GetGuid();
        if (r.TryGetProperty("amount", out var amount) && amount.ValueKind != JsonValueKind.Null)
        {
            var (wallet, operation) = (r.GetProperty("walletId").GetGuid(), r.GetProperty("operationId").GetGuid());
            _open.Add(hold, new Row(hold, wallet, operation, r.GetProperty("expiresAt").GetDateTimeOffset()));
        }
        else
        {
            _open.Remove(hold);
        }
    }

    public List<Row> Due(DateTimeOffset now) => [.. _open.Values.Where(r => r.ExpiresAt <= now).OrderBy(r => (r.ExpiresAt, r.Hold))];

    internal sealed record Row(Guid Hold, Guid Wallet, Guid Operation, DateTimeOffset ExpiresAt);
}
