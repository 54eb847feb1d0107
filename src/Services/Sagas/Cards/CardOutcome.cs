using Payments.Domain.Cards;

namespace Payments.SagaService.Cards;

/// <summary>What became of one try to have a command carried out by the card processor.</summary>
public abstract record CardOutcome
{
    private CardOutcome()
    {
    }

    /// <summary>The processor has said it: certain.</summary>
    public sealed record Answered(CardAnswer Answer) : CardOutcome;

    /// <summary>It may or may not have been done. To be looked up, and asked again only when the processor knows nothing of it.</summary>
    public sealed record Unknown(string Why) : CardOutcome;

    /// <summary>Nothing was sent this time: what was known before is still what is known.</summary>
    public sealed record Deferred(string Why) : CardOutcome;
}
