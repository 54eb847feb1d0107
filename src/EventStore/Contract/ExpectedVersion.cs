namespace Payments.EventStore.Contract;

/// <summary>What the writer believes of a stream. The append conflicts when it is not so.</summary>
public readonly record struct ExpectedVersion
{
    private ExpectedVersion(long value) => Value = value;

    /// <summary>Whatever is there.</summary>
    public static ExpectedVersion Any => new(-1);

    /// <summary>The stream has at least one event.</summary>
    public static ExpectedVersion Exists => new(-2);

    /// <summary>The stream has no event yet.</summary>
    public static ExpectedVersion None => new(0);

    /// <summary>As stored procedures take it: the exact version, 0 for none, -1 for any, -2 for exists.</summary>
    public long Value { get; }

    /// <summary>The stream's last event has exactly this version; 0 is <see cref="None"/>.</summary>
    public static ExpectedVersion Exactly(long version)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(version);
        return new ExpectedVersion(version);
    }

    public bool Allows(long actual) => Value switch
    {
        -1 => true,
        -2 => actual > 0,
        _ => actual == Value,
    };

    public override string ToString() => Value switch
    {
        -1 => "any",
        -2 => "exists",
        0 => "none",
        _ => Value.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };
}
