using System.Text.Json;
using Payments.EventStore;
using Payments.EventStore.Memory;

namespace IntegrationTests.EventStore;

public sealed class MemoryEventStoreTests : EventStoreContract
{
    private readonly HashSet<string> _names = [];

    public MemoryEventStoreTests() => Store = new MemoryEventStore("test", Clock, Apply);

    protected override IEventStore Store { get; }

    protected override Task<IReadOnlyList<string>> StoredNamesAsync(IReadOnlyList<string> among) =>
        Task.FromResult<IReadOnlyList<string>>([.. among.Where(_names.Contains)]);

    private void Apply(IReadOnlyList<ProjectionRow> rows)
    {
        foreach (var row in rows)
        {
            var name = JsonDocument.Parse(row.Json).RootElement.GetProperty("name").GetString()!;
            if (!_names.Add(name))
            {
                throw new InvalidOperationException($"{name} is taken.");
            }
        }
    }
}
