using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Payments.Domain;
using Payments.EventStore.Contract;
using Payments.EventStore.Postgres;
using Payments.Messaging.Envelope;

namespace Payments.Messaging.Parking;

/// <summary>Why a message could not be handled.</summary>
/// <param name="Type">The exception's type, or the code of the refusal.</param>
/// <param name="Message">For a person to read. It never quotes the data of a message.</param>
/// <param name="Stack">Where it was thrown; null when nothing was.</param>
/// <param name="IsPoison">The same message will fail in the same way again: a person must look at it.</param>
public sealed partial record Failure(string Type, string Message, string? Stack, bool IsPoison)
{
    /// <summary>The type of <see cref="Lost"/>: such a message is never carried out, by nobody.</summary>
    public const string LostType = "of_lost_timeline";

    private const int TextMax = 4_000;
    private const int FingerprintLength = 12;

    /// <summary>Equal for failures that are alike: the kind, the text without its ids and numbers, and where it was thrown.</summary>
    public string Fingerprint
    {
        get
        {
            var place = Stack?.Split('\n').FirstOrDefault(line => line.Contains("Payments.", StringComparison.Ordinal)) ?? "";
            var alike = $"{Type}\n{Varying().Replace(Message, "#")}\n{LineNumber().Replace(place.Trim(), "")}";
            return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(alike)))[..FingerprintLength];
        }
    }

    /// <summary>
    /// The data cannot be understood (<see cref="FormatException"/>, <see cref="JsonException"/>) or is refused by the database: poison.
    /// Anything else may be over by the next attempt.
    /// </summary>
    public static Failure Of(Exception e) => new(
        e.GetType().Name,
        StorableText.Of(e.Message, TextMax),
        e.StackTrace is { } stack ? StorableText.Of(stack, TextMax) : null,
        e is FormatException or JsonException or StoreRejectedException);

    /// <summary>The business refuses it, and will refuse it again.</summary>
    public static Failure Of(Refusal refusal) => new(refusal.Code, StorableText.Of(refusal.Message, TextMax), null, IsPoison: true);

    /// <summary>It is no message of ours.</summary>
    public static Failure Unreadable(string reason) => new("unreadable", StorableText.Of(reason, TextMax), null, IsPoison: true);

    /// <summary>Its source was restored to a moment before it: what it says has not happened.</summary>
    public static Failure Lost(Message message) => new(
        LostType,
        $"'{message.Headers.Source}' was restored to an earlier moment and has no such message at position {message.Headers.Position} any "
            + "more. It is kept to be seen, and cannot be replayed.",
        null,
        IsPoison: true);

    /// <summary>The database refuses even the row that parks it, so only its bytes are kept.</summary>
    public static Failure OnlyBytes() => new(
        "bytes_only",
        "The database refused the row of this message. Its bytes are kept as they came; it can only be discarded.",
        null,
        IsPoison: true);

    /// <summary>The database refuses to store why it failed.</summary>
    public static Failure Untold() => new("unstorable_failure", "Why it failed could not be stored.", null, IsPoison: true);

    [GeneratedRegex("[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}|[0-9]+|'[^']*'")]
    private static partial Regex Varying();

    [GeneratedRegex(" in .*$")]
    private static partial Regex LineNumber();
}
