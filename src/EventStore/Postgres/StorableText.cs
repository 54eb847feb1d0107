using System.Text;

namespace Payments.EventStore.Postgres;

/// <summary>Makes any text one that PostgreSQL can store: its text has no place for NUL, nor for half of a surrogate pair.</summary>
public static class StorableText
{
    private const char Unstorable = '\uFFFD';

    /// <summary>The text itself, or a copy with U+FFFD in place of what cannot be stored.</summary>
    public static string Of(string text)
    {
        var first = FirstUnstorable(text);
        if (first < 0)
        {
            return text;
        }

        return string.Create(text.Length, (text, first), static (storable, from) =>
        {
            from.text.CopyTo(storable);
            for (var i = from.first; i < storable.Length; i++)
            {
                if (IsPair(storable, i))
                {
                    i++;
                }
                else if (IsUnstorable(storable[i]))
                {
                    storable[i] = Unstorable;
                }
            }
        });
    }

    /// <summary>The same, cut to a length. What is cut in the middle of a surrogate pair loses its half.</summary>
    public static string Of(string text, int lengthMax) =>
        Of(text.Length > lengthMax ? string.Concat(text.AsSpan(0, lengthMax), "…") : text);

    /// <summary>Bytes that ought to be UTF-8, as far as they are.</summary>
    public static string Of(ReadOnlySpan<byte> utf8) => Of(Encoding.UTF8.GetString(utf8));

    private static int FirstUnstorable(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (IsPair(text, i))
            {
                i++;
            }
            else if (IsUnstorable(text[i]))
            {
                return i;
            }
        }

        return -1;
    }

    private static bool IsPair(ReadOnlySpan<char> text, int at) =>
        char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]);

    private static bool IsUnstorable(char c) => c == '\0' || char.IsSurrogate(c);
}
