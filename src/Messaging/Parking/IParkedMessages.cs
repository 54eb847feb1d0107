namespace Payments.Messaging.Parking;

/// <summary>Reads what is parked. It is written with the effects of messages: see <see cref="ParkingRow"/>.</summary>
public interface IParkedMessages
{
    /// <summary>All keys of a consumer of which something is parked.</summary>
    Task<IReadOnlyList<ParkingKey>> KeysAsync(string consumer, CancellationToken cancel);

    /// <summary>Those of these keys of which something is still parked.</summary>
    Task<IReadOnlyList<ParkingKey>> StillParkedAsync(string consumer, IReadOnlyCollection<ParkingKey> keys, CancellationToken cancel);

    /// <summary>Of the keys whose time has come: the first messages of each, in order. No key whose head is a dead letter.</summary>
    Task<IReadOnlyList<ParkedMessage>> DueAsync(string consumer, DateTimeOffset now, int keysMax, int perKeyMax, CancellationToken cancel);
}
