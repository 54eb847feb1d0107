using System.Globalization;

namespace Payments.Bench;

/// <summary>Options of the form <c>--name value</c> or <c>--name=value</c>, each at most once and within its limits.</summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, string> _values = [];

    /// <exception cref="BadArgumentException">An option that is not known, is repeated or has no value.</exception>
    public Arguments(IReadOnlyList<string> given, params IReadOnlyList<string> known)
    {
        for (var i = 0; i < given.Count; i++)
        {
            var (name, value) = given[i].Split('=', 2) is [var before, var after] ? (before, after) : (given[i], null);
            if (!known.Contains(name))
                throw new BadArgumentException($"There is no option '{name}'; there are {string.Join(", ", known)}.");
            value ??= ++i < given.Count ? given[i] : throw new BadArgumentException($"{name} needs a value.");
            if (!_values.TryAdd(name, value))
                throw new BadArgumentException($"{name} is given twice.");
        }
    }

    public string? Text(string name) => _values.GetValueOrDefault(name);

    public int Number(string name, int standard, int min, int max) =>
        _values.TryGetValue(name, out var text) ? Parse(name, text, min, max) : standard;

    public IReadOnlyList<int> Numbers(string name, IReadOnlyList<int> standard, int min, int max) =>
        _values.TryGetValue(name, out var text) ? [.. text.Split(',').Select(part => Parse(name, part, min, max))] : standard;

    /// <summary>Some of those there are; all of them when nothing is said.</summary>
    public IReadOnlyList<string> Choices(string name, IReadOnlyList<string> all)
    {
        IReadOnlyList<string> chosen = _values.TryGetValue(name, out var text) ? [.. text.Split(',').Distinct()] : all;
        return chosen.FirstOrDefault(one => !all.Contains(one)) is { } unknown
            ? throw new BadArgumentException($"{name} is some of {string.Join(',', all)}, not '{unknown}'.")
            : chosen;
    }

    private static int Parse(string name, string text, int min, int max) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? number
            : throw new BadArgumentException($"{name} must be from {min} to {max}, not '{text}'.");
}
