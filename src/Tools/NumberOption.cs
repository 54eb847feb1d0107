using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Payments.Tools;

/// <summary>An option that takes a whole number within limits, which its help and its refusal name.</summary>
internal sealed class NumberOption : Option<int>
{
    /// <param name="standard">The number where the option is not given. Null: there is none.</param>
    public NumberOption(string name, int? standard, int min, int max, string description)
        : base(name)
    {
        HelpName = "number";
        Description = string.Create(CultureInfo.InvariantCulture, $"{description} ({min} to {max})");
        DefaultValueFactory = standard is { } number ? _ => number : null;
        CustomParser = result => Parse(result, result.Tokens[0].Value, name, min, max);
    }

    /// <summary>The number; or 0, and what is wrong with it in the result.</summary>
    public static int Parse(ArgumentResult result, string text, string name, int min, int max)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max)
            return number;
        result.AddError($"{name} must be a whole number from {min} to {max}, not '{text}'.");
        return default;
    }
}
