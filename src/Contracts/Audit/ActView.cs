using System.Text.Json.Nodes;

namespace Payments.Contracts.Audit;

/// <summary>Who did what, when and why.</summary>
/// <param name="Id">Its place in the service's trail.</param>
/// <param name="By">The operator, or the API client and whom it names; and who approved it.</param>
/// <param name="Subject">What it was done to.</param>
/// <param name="Hash">SHA-256 over the hash of the entry before and all that this one says; in hexadecimal.</param>
public sealed record ActView(
    long Id,
    DateTimeOffset At,
    string By,
    string Act,
    string Reason,
    Guid? ReplayId,
    long? MessageId,
    JsonNode? Before,
    JsonNode? After,
    string? Subject,
    string Hash);

/// <param name="Next">Give it as <c>before</c> for the next page.</param>
public sealed record ActPage(IReadOnlyList<ActView> Items, long? Next);

/// <param name="Checked">Entries that are as they were sealed.</param>
/// <param name="Broken">The first that is not; null when there is none.</param>
public sealed record TrailVerdict(bool Intact, long Checked, long? Broken, string? Why);
