using System.Text.Json;
using Payments.EventStore.Contract;
using Payments.EventStore.Memory;

namespace IntegrationTests.EventStore;

public sealed class MemoryEventStoreTests : EventStoreContract
{
    private readonly HashSet<string> _names = [];

    public MemoryEventStoreTests() => Store = new MemoryEventStore("test", Clock, Apply, Rehearse, answered: this);

    protected override IEventStore Store { get; }

    protected override Task<IReadOnlyList<string>> StoredNamesAsync(IReadOnlyList<string> among) =>
        Task.FromResult<IReadOnlyList<string>>([.. among.Where(_names.Contains)]);

    private void Apply(IReadOnlyList<ProjectionRow> rows) => Add(rows, _names);

    private void Rehearse(IReadOnlyList<ProjectionRow> rows) => Add(rows, [.. _names]);

    private static void Add(IReadOnlyList<ProjectionRow> rows, HashSet<string> names)
    {
        foreach (var row in rows)
        {
            var name = JsonDocument.Parse(row.Json).RootElement.GetProperty("name").GetString()!;
            if (!names.Add(name))
            {
                throw new InvalidOperationException($"{name} is taken.");
            }
        }
    }
}
