namespace Payments.EventStore.Postgres;

/// <summary>PostgreSQL counts microseconds, .NET a tenth of that.</summary>
public static class Microseconds
{
    /// <summary>
    /// The first moment that PostgreSQL knows and that is not before this one: as a bound in <c>&gt;=</c> and <c>&lt;</c> it lets through
    /// what this one does. Cut off, as a parameter of a command is, it would not.
    /// </summary>
    public static DateTimeOffset NotBefore(DateTimeOffset moment) =>
        moment.Ticks % TimeSpan.TicksPerMicrosecond is > 0 and var rest
        && moment.UtcTicks < DateTimeOffset.MaxValue.UtcTicks - TimeSpan.TicksPerMicrosecond
            ? moment.AddTicks(TimeSpan.TicksPerMicrosecond - rest)
            : moment;
}
