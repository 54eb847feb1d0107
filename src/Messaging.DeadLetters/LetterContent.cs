using Payments.EventStore.Postgres;
using Payments.Hosting;
using Payments.Messaging.Parking;

namespace Payments.Messaging.DeadLetters;

/// <summary>What a list of dead letters leaves out.</summary>
/// <param name="Source">The log that the message comes from, and its position there.</param>
internal sealed record LetterContent(
    string? Stack, IReadOnlyDictionary<string, string> Headers, string? Source, long? Position, byte[] Payload)
{
    /// <param name="id">Of one that is there: dead letters are never deleted.</param>
    public static async Task<LetterContent> ReadAsync(LogDatabase database, long id, CancellationToken cancel)
    {
        await using var command = database.Primary.CreateCommand(
            "select stack, headers, source, position, payload from parked_messages where id = $1");
        command.Parameters.AddWithValue(id);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return new(
            reader.GetStringOrNull(0),
            ParkedMessage.ReadHeaders(reader.GetString(1)),
            reader.GetStringOrNull(2),
            reader.GetInt64OrNull(3),
            reader.GetFieldValue<byte[]>(4));
    }
}
