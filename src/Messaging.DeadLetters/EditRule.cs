using Payments.Contracts.Wire;
using Payments.Messaging.Envelope;
using Payments.Messaging.Parking;

namespace Payments.Messaging.DeadLetters;

/// <summary>The data of a message as the log that it comes from has it; null when that cannot be had.</summary>
public delegate Task<byte[]?> FindInSource(MessageHeaders headers, CancellationToken cancel);

/// <summary>
/// No edit makes money: what a dead letter says about amounts, currencies, parties and operations stays as its sender wrote it, when it is
/// edited and again when it is replayed.
/// </summary>
public sealed class EditRule(FindInSource findInSource)
{
    /// <summary>What is wrong with a dead letter as it was edited; null when it was not, or the edit keeps its money.</summary>
    /// <param name="message">With the data of now.</param>
    public async Task<EditFault?> FaultOfAsync(ParkedMessage parked, Message message, CancellationToken cancel) =>
        parked.PayloadBeforeEdits is null ? null : await FaultOfAsync(message.Headers, parked.PayloadBeforeEdits, message.Data, cancel);

    /// <param name="original">As it came from the broker.</param>
    /// <param name="edited">Known to be readable.</param>
    public async Task<EditFault?> FaultOfAsync(
        MessageHeaders headers, byte[] original, ReadOnlyMemory<byte> edited, CancellationToken cancel)
    {
        // What cannot be read says nothing of its money. Its sender's log does, if it was damaged on the way.
        var truth = IsReadable(headers, original) ? original : await findInSource(headers, cancel);
        if (truth is null || !IsReadable(headers, truth))
        {
            return new EditFault(
                EditFault.CannotBeVerified,
                "payload",
                $"What came cannot be read, and the log of {headers.Source} does not say what was sent: nobody can tell what the money " +
                "was. Discard it, and have its sender send it again.");
        }

        return Mendable.ChangedMoney(headers.Type, headers.Schema, truth, edited.Span) is { } member
            ? new EditFault(
                EditFault.ChangesMoney,
                member,
                $"'{member}' is not what was sent. An edit mends form and words; it never changes an amount, a currency, whose the money " +
                "is, or what it is for.")
            : null;
    }

    private static bool IsReadable(MessageHeaders headers, byte[] data)
    {
        try
        {
            WireFormat.Decode(headers.Type, headers.Schema, data);
            return true;
        }
        catch (WireFormatException)
        {
            return false;
        }
    }
}

/// <summary>What is wrong with a new payload.</summary>
/// <param name="Code">Stable, for programs.</param>
/// <param name="Member">The member of the payload, or <c>payload</c>.</param>
public sealed record EditFault(string Code, string Member, string Message)
{
    /// <summary>The message is none of ours: no payload makes it one. It can only be discarded.</summary>
    public const string Unreadable = "unreadable";

    /// <summary>It does not fit the schema of its type.</summary>
    public const string DoesNotFit = "does_not_fit";

    /// <summary>It changes a member that says what the money is.</summary>
    public const string ChangesMoney = "edit_changes_money";

    /// <summary>Neither what came nor its sender's log says what the money was.</summary>
    public const string CannotBeVerified = "edit_cannot_be_verified";

    public Failure ToFailure() => new(Code, Message, null, IsPoison: true);
}
