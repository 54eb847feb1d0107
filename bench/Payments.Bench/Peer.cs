using System.CommandLine;

namespace Payments.Bench;

/// <summary>Whom the event store is measured beside.</summary>
internal static class Peer
{
    public const string Plain = "plain";
    public const string Emmett = "emmett";

    private static readonly string[] All = [Plain, Emmett];

    public static Option<string[]> Option() => new("--peers")
    {
        HelpName = "peer,…",
        Description = $"some of {string.Join(',', All)}",
        Arity = ArgumentArity.ExactlyOne,
        DefaultValueFactory = _ => All,
        CustomParser = result =>
        {
            var chosen = result.Tokens[0].Value.Split(',').Distinct().ToArray();
            if (chosen.Except(All).FirstOrDefault() is { } unknown)
                result.AddError($"--peers is some of {string.Join(',', All)}, not '{unknown}'.");
            return chosen;
        },
    };
}
