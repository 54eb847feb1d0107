using System.CommandLine;
using System.Globalization;
using Payments.Tools;

namespace Payments.Bench;

/// <summary>An option that takes whole numbers with commas between, each within the limits.</summary>
internal sealed class NumbersOption : Option<int[]>
{
    public NumbersOption(string name, int[] standard, int min, int max, string description)
        : base(name)
    {
        HelpName = "number,…";
        Description = string.Create(CultureInfo.InvariantCulture, $"{description} (each {min} to {max})");
        Arity = ArgumentArity.ExactlyOne;
        DefaultValueFactory = _ => standard;
        CustomParser = result => [.. result.Tokens[0].Value.Split(',').Select(text => NumberOption.Parse(result, text, name, min, max))];
    }
}
