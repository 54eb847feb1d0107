namespace Payments.Contracts.DeadLetters;

/// <summary>Which dead letters are meant. What is null does not matter.</summary>
public sealed record DeadLetterFilter
{
    public static readonly DeadLetterFilter None = new();

    public string? Consumer { get; init; }

    /// <summary>The group of failures that are alike.</summary>
    public string? Fingerprint { get; init; }

    public string? MessageType { get; init; }

    public string? Topic { get; init; }

    public string? ErrorType { get; init; }

    public Guid? CorrelationId { get; init; }

    /// <summary>Somewhere in the text of the error, in any case.</summary>
    public string? Text { get; init; }

    /// <summary>First failed then, or later.</summary>
    public DateTimeOffset? FailedFrom { get; init; }

    /// <summary>First failed before then.</summary>
    public DateTimeOffset? FailedUntil { get; init; }

    public string? Currency { get; init; }

    /// <summary>Minor units, inclusive.</summary>
    public long? AmountMin { get; init; }

    /// <summary>Minor units, inclusive.</summary>
    public long? AmountMax { get; init; }
}

/// <summary>What an operator has chosen: by ids, by a group, or by a filter. One of them is given.</summary>
public sealed record DeadLetterSelection
{
    public const int IdsMax = 10_000;

    public IReadOnlyList<long>? Ids { get; init; }

    /// <summary>A fingerprint.</summary>
    public string? Group { get; init; }

    public DeadLetterFilter? Filter { get; init; }

    /// <summary>The field at fault and what is wrong with it; null when nothing is.</summary>
    public (string Field, string Problem)? Problem() => (Ids, Group, Filter) switch
    {
        ({ Count: 0 or > IdsMax }, null, null) => ("selection.ids", $"Must be 1 to {IdsMax} ids."),
        ({ } ids, null, null) when ids.Distinct().Count() != ids.Count => ("selection.ids", "Names an id twice."),
        (not null, null, null) or (null, { Length: > 0 }, null) or (null, null, not null) => null,
        _ => ("selection", "Give one of ids, group and filter."),
    };
}
