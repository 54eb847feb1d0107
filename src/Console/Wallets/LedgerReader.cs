using Payments.Console.Gateway;
using Payments.Contracts.Wallets;

namespace Payments.Console.Wallets;

/// <summary>A page of a wallet's ledger, newest first.</summary>
/// <param name="Older">Give it as <c>before</c> for the next page; null on the last one.</param>
public sealed record LedgerPage(IReadOnlyList<EntryView> Entries, long? Older);

/// <summary>
/// Reads a ledger backwards. The API gives entries oldest first, after a version; a version has at most one entry, so a window of
/// versions is a window of the ledger.
/// </summary>
public sealed class LedgerReader(GatewayClient gateway)
{
    /// <summary>The most entries that the API gives at once.</summary>
    private const int Window = 500;

    // Holds that were refused or released are versions without an entry: 10,000 of those in a row are skipped, then a person asks on.
    private const int WindowsMax = 20;

    /// <param name="before">Entries before this version.</param>
    public async Task<Answer<LedgerPage>> ReadAsync(Guid wallet, long before, int countMax, CancellationToken cancel)
    {
        var entries = new List<EntryView>();
        var upTo = before - 1;
        for (var window = 0; window < WindowsMax && upTo > 0 && entries.Count < countMax; window++)
        {
            var after = Math.Max(0, upTo - Window);
            var answer = await gateway.GetAsync<EntryPage>(GatewayPaths.Entries(wallet, after, Window), cancel);
            if (answer.Value is not { } page)
            {
                return new(null, answer.Trouble);
            }

            entries.AddRange(page.Items.Where(e => e.Version <= upTo).OrderByDescending(e => e.Version));
            upTo = after;
        }

        var more = entries.Count > countMax;
        var shown = entries.Take(countMax).ToList();
        long? older = more ? shown[^1].Version : upTo > 0 ? upTo + 1 : null;
        return new(new LedgerPage(shown, older), null);
    }
}
