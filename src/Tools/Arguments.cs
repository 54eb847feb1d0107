using System.Globalization;

namespace Payments.Tools;

/// <summary>Options of the form <c>--name value</c> or <c>--name=value</c>, and switches that have no value.</summary>
internal sealed class Arguments
{
    private readonly List<(string Name, string Value)> _values = [];

    /// <exception cref="BadArgumentException">An option that is not known or has no value, or a switch that has one.</exception>
    public Arguments(IReadOnlyList<string> given, IReadOnlyList<string> options, IReadOnlyList<string> switches)
    {
        for (var i = 0; i < given.Count; i++)
        {
            var (name, value) = given[i].Split('=', 2) is [var before, var after] ? (before, after) : (given[i], null);
            if (switches.Contains(name) && value is null)
                value = "";
            else if (!options.Contains(name))
                throw new BadArgumentException(
                    $"There is no option '{given[i]}'; there are {string.Join(", ", options.Concat(switches))}.");
            value ??= ++i < given.Count ? given[i] : throw new BadArgumentException($"{name} needs a value.");
            _values.Add((name, value));
        }
    }

    public bool Has(string name) => _values.Any(v => v.Name == name);

    /// <summary>The value of an option that may be given once; null when it is not.</summary>
    public string? Text(string name) => All(name) switch
    {
        [] => null,
        [var value] => value,
        _ => throw new BadArgumentException($"{name} is given twice."),
    };

    public IReadOnlyList<string> All(string name) => [.. _values.Where(v => v.Name == name).Select(v => v.Value)];

    public long? Number(string name, long min) => Text(name) switch
    {
        null => null,
        var text when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min => number,
        var text => throw new BadArgumentException($"{name} must be a whole number from {min} on, not '{text}'."),
    };
}

/// <summary>An argument that means nothing; the message says what would.</summary>
internal sealed class BadArgumentException(string message) : Exception(message);
