using System.Collections.Concurrent;

namespace Payments.Console;

/// <summary>Whose a wallet is. That never changes, so it is asked once.</summary>
public sealed class WalletOwners(GatewayClient gateway) : IDisposable
{
    private const int KnownMax = 20_000;
    private const int AtOnceMax = 8;

    private readonly ConcurrentDictionary<Guid, string> _known = new();
    private readonly SemaphoreSlim _turn = new(AtOnceMax);

    public string? Find(Guid wallet) => _known.GetValueOrDefault(wallet);

    /// <returns>The user's id; null when it cannot be found out now.</returns>
    public async Task<string?> AskAsync(Guid wallet, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            if (Find(wallet) is { } known)
            {
                return known;
            }

            var answer = await gateway.GetAsync<WalletView>(GatewayPaths.Wallet(wallet), cancel);
            if (answer.Value is { } found)
            {
                if (_known.Count >= KnownMax)
                {
                    _known.Clear();
                }

                _known[wallet] = found.UserId;
            }

            return answer.Value?.UserId;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
