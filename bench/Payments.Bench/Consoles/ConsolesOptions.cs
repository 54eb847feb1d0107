using System.CommandLine;
using System.CommandLine.Parsing;
using Payments.Tools;

namespace Payments.Bench.Consoles;

/// <summary>What to measure.</summary>
internal sealed record ConsolesOptions(
    int Consoles, IReadOnlyList<string> Pages, int Callers, int Rate, int Wallets, int Seconds, int Rounds)
{
    public static Command Command()
    {
        var consoles = new NumberOption("--consoles", 50, 1, 500, "open at once");
        var pages = new Option<string[]>("--pages")
        {
            HelpName = "path,…",
            Description = "what they show",
            Arity = ArgumentArity.ExactlyOne,
            DefaultValueFactory = _ => ["/", "/payments", "/sagas", "/dead-letters", "/events", "/consumers"],
            CustomParser = PagesOf,
        };
        var callers = new NumberOption("--callers", 64, 1, 4_096, "concurrent callers at full load");
        var rate = new NumberOption("--rate", 100, 1, 2_000, "payments a second otherwise");
        var wallets = new NumberOption("--wallets", 1_000, 2, 100_000, "wallets that pay each other");
        var seconds = new NumberOption("--seconds", 15, 1, 300, "how long one measurement lasts");
        var rounds = new NumberOption("--rounds", 3, 1, 20, "measurements of each kind");
        var command = new Command("consoles", """
            Wallet payments with many consoles open, beside none.

            Through the gateway of a Standalone, in turns with no console open and with many: at full load, then begun on time at a rate.
            The consoles are live pages without a browser, which would cost more than they do: each keeps its circuit open, takes what is
            drawn and acknowledges it. They share the pages that are named. At the end every wallet is checked to the cent.
            """) { consoles, pages, callers, rate, wallets, seconds, rounds };
        command.SetAction((parsed, cancel) => ConsolesBench.RunAsync(
            new(parsed.GetValue(consoles), parsed.GetRequiredValue(pages), parsed.GetValue(callers), parsed.GetValue(rate),
                parsed.GetValue(wallets), parsed.GetValue(seconds), parsed.GetValue(rounds)), cancel));
        return command;
    }

    private static string[] PagesOf(ArgumentResult result)
    {
        var pages = result.Tokens[0].Value.Split(',');
        if (!pages.All(page => page.StartsWith('/')))
            result.AddError($"--pages is paths of the console with commas between, not '{result.Tokens[0].Value}'.");
        return pages;
    }
}
