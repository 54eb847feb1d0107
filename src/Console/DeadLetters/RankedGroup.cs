using Payments.Console.Live;
using Payments.Console.Text;
using Payments.Contracts.DeadLetters;

namespace Payments.Console.DeadLetters;

/// <summary>A group and the service whose it is.</summary>
public sealed record RankedGroup(string Service, DeadLetterGroup Group)
{
    /// <summary>Those that hold up the most money first, in whichever currency; of equal ones the oldest.</summary>
    public static IReadOnlyList<RankedGroup> Rank(IEnumerable<ServiceAnswer<List<DeadLetterGroup>>> answers) =>
    [
        .. answers.SelectMany(a => (a.Answer.Value ?? []).Select(g => new RankedGroup(a.Service, g)))
            .OrderByDescending(r => r.Group.Money.Select(m => MoneyText.Major(m.Amount, m.Currency)).DefaultIfEmpty(-1).Max())
            .ThenBy(r => r.Group.Oldest),
    ];
}
