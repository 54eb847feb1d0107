using System.Collections.Frozen;
using System.Text.Json;
using Payments.Domain.Sagas;

namespace Payments.SagaService.Sagas;

/// <summary>The names of phases: <c>CapturingCard</c> as stored in events, <c>capturing_card</c> in tables and in the API.</summary>
internal static class PhaseNames
{
    private static readonly FrozenDictionary<string, string> Stored = new[]
    {
        SagaPhases.Holding, SagaPhases.Authorising, SagaPhases.Crediting, SagaPhases.Capturing, SagaPhases.CapturingCard,
        SagaPhases.RefundingCard, SagaPhases.Releasing, SagaPhases.Reversing, SagaPhases.Voiding, SagaPhases.Completed, SagaPhases.Failed,
    }.ToFrozenDictionary(Shown, StringComparer.Ordinal);

    /// <summary>Every phase as the API shows it.</summary>
    public static IReadOnlyCollection<string> All => Stored.Keys;

    public static string Shown(string stored) => JsonNamingPolicy.SnakeCaseLower.ConvertName(stored);

    /// <summary>The phase as signals and events have it.</summary>
    /// <exception cref="KeyNotFoundException">There is no such phase.</exception>
    public static string StoredOf(string shown) => Stored[shown];
}
