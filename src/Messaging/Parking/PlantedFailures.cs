using System.Collections.Concurrent;
using Payments.Messaging.Envelope;

namespace Payments.Messaging.Parking;

/// <summary>
/// Makes a consumer fail on messages of some keys for a while, as a bug would: for development, demonstrations and tests.
/// </summary>
public sealed class PlantedFailures(TimeProvider clock)
{
    private const int PlantedMax = 1_000;

    private readonly ConcurrentDictionary<string, DateTimeOffset> _until = new(StringComparer.Ordinal);

    /// <summary>From now on messages of this key fail, for as long as it says.</summary>
    /// <exception cref="InvalidOperationException">Too many keys fail already.</exception>
    public void Plant(string routingKey, TimeSpan duration)
    {
        if (_until.Count >= PlantedMax)
        {
            throw new InvalidOperationException($"{PlantedMax} keys fail already.");
        }

        _until[routingKey] = clock.GetUtcNow() + duration;
    }

    /// <exception cref="PlantedFailureException">One is planted for the key of this message.</exception>
    public void ThrowIfPlanted(Message message)
    {
        if (_until.IsEmpty || !_until.TryGetValue(message.RoutingKey, out var until))
        {
            return;
        }

        if (clock.GetUtcNow() < until)
        {
            throw new PlantedFailureException();
        }

        _until.TryRemove(message.RoutingKey, out _);
    }
}

/// <summary>A failure that was asked for.</summary>
public sealed class PlantedFailureException() : Exception("A failure was planted for this key, for a while.");
