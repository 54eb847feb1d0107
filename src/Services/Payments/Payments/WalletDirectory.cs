using System.Collections.Concurrent;
using System.Net;
using Payments.Domain;

namespace Payments.PaymentService.Payments;

/// <summary>
/// Who owns a wallet, and in which currency it is: asked of the wallet service once, then remembered, since neither ever changes.
/// </summary>
internal sealed class WalletDirectory(IHttpClientFactory clients)
{
    /// <summary>About 20 MB. When it is full it starts anew: a miss costs one call.</summary>
    private const int WalletsMax = 100_000;

    private readonly ConcurrentDictionary<WalletId, WalletFacts> _known = new();

    /// <summary>The wallet, or null when there is none. What does not exist is asked for again each time: it may come to be.</summary>
    /// <exception cref="HttpRequestException">The wallet service cannot be reached.</exception>
    public async Task<WalletFacts?> FindAsync(WalletId wallet, CancellationToken cancel)
    {
        if (_known.TryGetValue(wallet, out var known))
        {
            return known;
        }

        using var response = await clients.CreateClient("wallet").GetAsync(new Uri($"/api/wallets/{wallet}", UriKind.Relative), cancel);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        response.EnsureSuccessStatusCode();
        var facts = await response.Content.ReadFromJsonAsync(PaymentJson.Default.WalletFacts, cancel)
            ?? throw new HttpRequestException("The wallet service answered without a wallet.");
        if (_known.Count >= WalletsMax)
        {
            _known.Clear();
        }

        return _known[wallet] = facts;
    }
}
