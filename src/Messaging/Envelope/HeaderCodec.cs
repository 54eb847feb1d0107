using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Confluent.Kafka;

namespace Payments.Messaging.Envelope;

/// <summary>Message headers to and from Kafka headers: UTF-8 text, numbers in decimal, UUIDs as 36 characters, times in ISO 8601.</summary>
internal static class HeaderCodec
{
    private const int MomentLength = 28;

    /// <summary>Total over all that the event store can hold: what is stored can be sent.</summary>
    public static Headers Encode(MessageHeaders headers)
    {
        var kafka = new Headers
        {
            { HeaderNames.Id, Utf8(headers.Id) },
            { HeaderNames.Type, Encoding.UTF8.GetBytes(headers.Type) },
            { HeaderNames.Schema, Utf8(headers.Schema) },
            { HeaderNames.Source, Encoding.UTF8.GetBytes(headers.Source) },
            { HeaderNames.Position, Utf8(headers.Position) },
            { HeaderNames.Previous, Utf8(headers.Previous) },
            { HeaderNames.Stream, Encoding.UTF8.GetBytes(headers.Stream) },
            { HeaderNames.Version, Utf8(headers.Version) },
            { HeaderNames.Correlation, Utf8(headers.Correlation) },
            { HeaderNames.Actor, Encoding.UTF8.GetBytes(headers.Actor) },
            { HeaderNames.Recorded, Utf8(headers.Recorded) },
        };
        if (headers.Incarnation is { } incarnation)
            kafka.Add(HeaderNames.Incarnation, Utf8(incarnation));
        if (headers.Causation is { } causation)
            kafka.Add(HeaderNames.Causation, Utf8(causation));
        if (headers.TraceParent is { } traceParent)
            kafka.Add(HeaderNames.TraceParent, Encoding.UTF8.GetBytes(traceParent));
        if (headers.Replay is { } replay)
            kafka.Add(HeaderNames.Replay, Utf8(replay));
        if (headers.ReplayFor is { } replayFor)
            kafka.Add(HeaderNames.ReplayFor, Encoding.UTF8.GetBytes(replayFor));
        if (headers.Again is { } again)
            kafka.Add(HeaderNames.Again, Utf8(again));
        return kafka;
    }

    /// <summary>Reads them back. False, with a reason for an operator, when one is missing, stands there twice or makes no sense.</summary>
    /// <remarks>Headers that we do not know are left alone: proxies and tools add their own.</remarks>
    public static bool TryDecode(Headers? kafka, [NotNullWhen(true)] out MessageHeaders? headers, [NotNullWhen(false)] out string? reason)
    {
        var reader = new HeaderReader(kafka?.BackingList ?? []);
        var position = reader.Number(HeaderNames.Position, 1, long.MaxValue);
        headers = new()
        {
            Id = reader.Uuid(HeaderNames.Id),
            Type = reader.Text(HeaderNames.Type),
            Schema = (int)reader.Number(HeaderNames.Schema, 1, int.MaxValue),
            Source = reader.Text(HeaderNames.Source),
            Position = position,
            Incarnation = reader.OptionalUuid(HeaderNames.Incarnation),
            Previous = reader.Number(HeaderNames.Previous, 0, position - 1),
            Stream = reader.Text(HeaderNames.Stream),
            Version = reader.Number(HeaderNames.Version, 1, long.MaxValue),
            Correlation = reader.Uuid(HeaderNames.Correlation),
            Causation = reader.OptionalUuid(HeaderNames.Causation),
            Actor = reader.Text(HeaderNames.Actor, mayBeEmpty: true),
            TraceParent = reader.OptionalText(HeaderNames.TraceParent),
            Recorded = reader.Moment(HeaderNames.Recorded),
            Replay = reader.OptionalUuid(HeaderNames.Replay),
            ReplayFor = reader.OptionalText(HeaderNames.ReplayFor),
            Again = reader.OptionalUuid(HeaderNames.Again),
        };
        reason = reader.Fault ?? (headers is { ReplayFor: not null, Replay: null }
            ? $"Header '{HeaderNames.Replay}' is missing where '{HeaderNames.ReplayFor}' is there."
            : null);
        return reason is null;
    }

    private static byte[] Utf8(Guid value) => Encoding.UTF8.GetBytes(value.ToString("D"));

    private static byte[] Utf8(long value) => Encoding.UTF8.GetBytes(value.ToString());

    private static byte[] Utf8(DateTimeOffset value)
    {
        var text = new byte[MomentLength];
        Utf8Formatter.TryFormat(value.UtcDateTime, text, out _, 'O');
        return text;
    }
}
