using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Payments.ServiceDefaults.Requests;

/// <summary>
/// The one rule for text that comes from outside: well-formed Unicode without U+0000. PostgreSQL can store nothing else, and neither a
/// log nor a page can show it.
/// </summary>
public static class StorableText
{
    public const string NotUnicode = "Is no valid Unicode.";
    public const string HasNul = "Must not contain the character U+0000.";
    public const string NotInRange = "Must be a number in range.";

    // PostgreSQL's numeric, which is also what jsonb keeps, has 131,072 digits before the point and 16,383 after it.
    private const int DigitsMax = 10_000;

    /// <summary>Null for text that can be stored, else what is wrong with it.</summary>
    public static string? ProblemOf(ReadOnlySpan<char> text)
    {
        if (text.Contains('\0'))
        {
            return HasNul;
        }

        for (var rest = text; !rest.IsEmpty;)
        {
            if (Rune.DecodeFromUtf16(rest, out _, out var used) != System.Buffers.OperationStatus.Done)
            {
                return NotUnicode;
            }

            rest = rest[used..];
        }

        return null;
    }

    /// <summary>The same for UTF-8.</summary>
    public static string? ProblemOf(ReadOnlySpan<byte> utf8) =>
        !Utf8.IsValid(utf8) ? NotUnicode : utf8.Contains((byte)0) ? HasNul : null;

    /// <summary>
    /// The first text or number in a JSON document that cannot be stored: its field (<c>card.token</c>, <c>items[2]</c>, or <c>body</c>
    /// for the document itself) and what is wrong. Null when all can be stored, or when it is no JSON: that is for its reader to say.
    /// </summary>
    public static (string Field, string Problem)? ProblemOfJson(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            while (reader.Read())
            {
                if (ProblemOfToken(ref reader) is { } problem)
                {
                    return (FieldAt(json, reader.TokenStartIndex), problem);
                }
            }
        }
        catch (JsonException)
        {
            // Malformed: whoever binds or shows it tells where.
        }

        return null;
    }

    private static string? ProblemOfToken(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String or JsonTokenType.PropertyName =>
            ProblemOf(reader.ValueSpan) ?? (reader.ValueIsEscaped ? ProblemOfEscapes(reader.ValueSpan) : null),
        JsonTokenType.Number => IsInRange(reader.ValueSpan) ? null : NotInRange,
        _ => null,
    };

    private static string? ProblemOfEscapes(ReadOnlySpan<byte> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\' || text[++i] != 'u')
            {
                continue;
            }

            var unit = UnitAt(text, i + 1);
            i += 4;
            if (unit == 0)
            {
                return HasNul;
            }

            if (!char.IsSurrogate(unit))
            {
                continue;
            }

            var isPair = text[(i + 1)..].StartsWith("\\u"u8) && char.IsSurrogatePair(unit, UnitAt(text, i + 3));
            if (!isPair)
            {
                return NotUnicode;
            }

            i += 6;
        }

        return null;
    }

    // The reader has seen to it that four hexadecimal digits follow.
    private static char UnitAt(ReadOnlySpan<byte> text, int start) =>
        Utf8Parser.TryParse(text.Slice(start, 4), out ushort unit, out _, 'x') ? (char)unit : '\0';

    private static bool IsInRange(ReadOnlySpan<byte> number)
    {
        var e = number.IndexOfAny((byte)'e', (byte)'E');
        return number.Length <= DigitsMax
            && (e < 0 || (int.TryParse(number[(e + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var exponent)
                && Math.Abs((long)exponent) <= DigitsMax));
    }

    // Read again, for the one document in a million that has a fault.
    private static string FieldAt(ReadOnlySpan<byte> json, long offset)
    {
        var path = new List<(string? Name, int Index)>();
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            var isValue = reader.TokenType is not (JsonTokenType.PropertyName or JsonTokenType.EndArray or JsonTokenType.EndObject);
            if (isValue && path is [.., (null, var before)])
            {
                path[^1] = (null, before + 1);
            }

            if (reader.TokenStartIndex == offset)
            {
                break;
            }

            switch (reader.TokenType)
            {
                case JsonTokenType.StartArray:
                    path.Add((null, -1));
                    break;
                case JsonTokenType.StartObject:
                    path.Add(("", 0));
                    break;
                case JsonTokenType.PropertyName:
                    path[^1] = (reader.GetString(), 0);
                    break;
                case JsonTokenType.EndArray or JsonTokenType.EndObject:
                    path.RemoveAt(path.Count - 1);
                    break;
                default:
                    break;
            }
        }

        // A member whose name is the fault is named by the object that it is in.
        var steps = reader.TokenType == JsonTokenType.PropertyName ? path.SkipLast(1) : path;
        var field = string.Concat(steps.Select(step => step.Name is { } name ? $".{name}" : $"[{step.Index}]")).TrimStart('.');
        return field.Length == 0 ? "body" : field;
    }
}
