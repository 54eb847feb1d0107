using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Payments.Operations.Invariants;

namespace Payments.Operations.Clocks;

/// <summary>
/// What a clock cannot deal with, such as an aggregate that cannot be folded: it is left alone for a while so that the others get their
/// turn, and is an alert until it has been dealt with. Safe for several threads.
/// </summary>
/// <param name="invariant">The name of the invariant that alerts are raised by.</param>
/// <param name="meaning">What must hold, for people.</param>
/// <param name="streamType">Of the aggregates that the items belong to.</param>
public sealed class SetAside(string invariant, string meaning, string streamType, TimeProvider clock)
{
    /// <summary>More than these are one disaster; the rest is tried again with each round.</summary>
    public const int ItemsMax = 1_000;

    /// <summary>Until it is tried again.</summary>
    public static readonly TimeSpan For = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, Item> _items = [];

    public Invariant Invariant => new()
    {
        Name = invariant,
        Meaning = meaning,
        Check = (_, _) => Task.FromResult(Look()),
    };

    /// <summary>What is not to be tried now.</summary>
    public Guid[] Now
    {
        get
        {
            lock (_gate)
            {
                var now = clock.GetUtcNow();
                return [.. _items.Where(i => i.Value.Until > now).Select(i => i.Key)];
            }
        }
    }

    /// <summary>It failed. True the first time: to be logged.</summary>
    /// <param name="aggregate">The id of the aggregate that it belongs to.</param>
    public bool Add(Guid item, Guid aggregate, Exception why)
    {
        lock (_gate)
        {
            var isNew = !_items.ContainsKey(item);
            if (!isNew || _items.Count < ItemsMax)
            {
                _items[item] = new Item(aggregate, why.Message, clock.GetUtcNow() + For);
            }

            return isNew;
        }
    }

    /// <summary>It was dealt with.</summary>
    public void Remove(Guid item)
    {
        lock (_gate)
        {
            _items.Remove(item);
        }
    }

    /// <summary>Forgets what is not due any more: somebody else has dealt with it. For a round that has seen all that is due.</summary>
    /// <param name="due">All that is due, without what was not looked at.</param>
    /// <param name="notLookedAt">What was set aside when the round began.</param>
    public void KeepOnly(IEnumerable<Guid> due, IEnumerable<Guid> notLookedAt)
    {
        lock (_gate)
        {
            foreach (var over in _items.Keys.Except(due).Except(notLookedAt).ToList())
            {
                _items.Remove(over);
            }
        }
    }

    private Seen Look()
    {
        lock (_gate)
        {
            var findings = _items.Select(i => new Finding(
                $"{streamType}/{i.Value.Aggregate}", $"{streamType}/{i.Value.Aggregate} cannot be dealt with: {i.Value.Why}", null));
            return new Seen(_items.Count, [.. findings.DistinctBy(f => f.Subject)]);
        }
    }

    private sealed record Item(Guid Aggregate, string Why, DateTimeOffset Until);
}

/// <summary>Wires what a clock sets aside, and the alert that it is.</summary>
public static class SetAsideRegistration
{
    /// <param name="name">Of the invariant, and the key under which the clock gets it.</param>
    /// <param name="meaning">What must hold, for people.</param>
    /// <param name="streamType">Of the aggregates that the items belong to.</param>
    public static WebApplicationBuilder AddSetAside(this WebApplicationBuilder builder, string name, string meaning, string streamType)
    {
        builder.Services.AddKeyedSingleton(
            name, (provider, _) => new SetAside(name, meaning, streamType, provider.GetRequiredService<TimeProvider>()));
        return builder.AddInvariant(name, provider => provider.GetRequiredKeyedService<SetAside>(name).Invariant);
    }
}
