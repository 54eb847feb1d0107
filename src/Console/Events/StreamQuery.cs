using System.Globalization;

namespace Payments.Console.Events;

/// <summary>Which moments of a stream are looked at: what the address of its page says.</summary>
/// <param name="Version">One moment: the version that is shown; null for the newest, as it grows.</param>
/// <param name="A">Two moments: the one on the left.</param>
/// <param name="B">Two moments: the one on the right; null for the newest.</param>
public sealed record StreamQuery(long? Version = null, long? A = null, long? B = null)
{
    public bool IsTwo => A is not null;

    /// <summary>Two moments: those it has, or the one and the one before it.</summary>
    /// <param name="last">The newest version.</param>
    public StreamQuery AsTwo(long last) =>
        IsTwo ? this : new(A: Math.Max(0, (Version ?? last) - 1), B: Version ?? last);

    /// <summary>From the parameters of an address; what is no version is left out.</summary>
    public static StreamQuery Read(string? version, string? a, string? b)
    {
        var (left, right) = (Number(a), Number(b));
        return left is null && right is null ? new(Version: Number(version)) : new(A: left ?? 0, B: right);
    }

    /// <summary>No version that the stream does not have.</summary>
    public StreamQuery Within(long last) => new(Clamp(Version, last), Clamp(A, last), Clamp(B, last));

    public string Address(string service, string stream)
    {
        var path = StreamName.Address(service, stream);
        return this switch
        {
            { A: { } a, B: { } b } => Invariant($"{path}?a={a}&b={b}"),
            { A: { } a } => Invariant($"{path}?a={a}"),
            { Version: { } v } => Invariant($"{path}?v={v}"),
            _ => path,
        };
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    private static long? Clamp(long? version, long last) => version is { } v ? Math.Clamp(v, 0, last) : null;

    private static long? Number(string? text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
