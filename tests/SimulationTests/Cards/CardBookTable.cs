using System.Text.Json;
using Payments.EventStore.Contract;

namespace SimulationTests.Cards;

/// <summary>The saga service's <c>card_books</c>: what the card processor has approved, as we heard it or as a person declared.</summary>
internal sealed class CardBookTable
{
    private readonly Dictionary<string, Entry> _entries = [];

    public IReadOnlyDictionary<string, Entry> Entries => _entries;

    /// <exception cref="InvalidOperationException">A key is there already: its primary key in the database.</exception>
    public void Apply(ProjectionRow row)
    {
        using var json = JsonDocument.Parse(row.Json);
        var r = json.RootElement;
        var key = r.GetProperty("key").GetString()!;
        var entry = new Entry(
            r.GetProperty("act").GetString()!, r.GetProperty("amount").GetInt64(), r.GetProperty("declared").GetBoolean());
        if (!_entries.TryAdd(key, entry))
        {
            throw new InvalidOperationException($"card_books_pkey: {key} is there already.");
        }
    }

    internal sealed record Entry(string Act, long Minor, bool IsDeclared);
}
