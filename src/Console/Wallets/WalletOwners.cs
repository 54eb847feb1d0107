using System.Collections.Concurrent;
using Payments.Console.Gateway;
using Payments.Contracts.Wallets;

namespace Payments.Console.Wallets;

/// <summary>Whose a wallet is. That never changes, so it is asked once; what many ask at about the same time is asked together.</summary>
public sealed class WalletOwners(GatewayClient gateway, TimeProvider clock, IHostApplicationLifetime lifetime)
{
    private const int KnownMax = 20_000;

    // As many as the wallet service tells at once.
    private const int AtOnceMax = 100;

    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(20);

    private readonly ConcurrentDictionary<Guid, string> _known = new();
    private readonly Lock _gate = new();
    private Dictionary<Guid, List<Action>> _asked = [];

    /// <returns>The user's id; null when it is not known.</returns>
    public string? Find(Guid wallet) => _known.GetValueOrDefault(wallet);

    /// <param name="known">Called, on a thread of the pool, when it is; never, when it cannot be found out now.</param>
    public void LookUp(Guid wallet, Action known)
    {
        lock (_gate)
        {
            var isFirst = _asked.Count == 0;
            if (!_asked.TryGetValue(wallet, out var waiting))
            {
                _asked[wallet] = waiting = [];
            }

            waiting.Add(known);
            if (isFirst)
            {
                _ = Task.Run(AskAsync);
            }
        }
    }

    private async Task AskAsync()
    {
        try
        {
            await Task.Delay(Gathering, clock, lifetime.ApplicationStopping);
            Dictionary<Guid, List<Action>> asked;
            lock (_gate)
            {
                (asked, _asked) = (_asked, []);
            }

            foreach (var some in asked.Keys.Where(wallet => Find(wallet) is null).Chunk(AtOnceMax))
            {
                await AskAsync(some);
            }

            foreach (var (wallet, waiting) in asked)
            {
                if (Find(wallet) is not null)
                {
                    waiting.ForEach(known => known());
                }
            }
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // The console stops; nobody looks any more.
        }
    }

    private async Task AskAsync(Guid[] wallets)
    {
        var answer = await gateway.GetAsync<List<OwnerView>>(GatewayPaths.Owners(wallets), lifetime.ApplicationStopping);
        if (_known.Count >= KnownMax)
        {
            _known.Clear();
        }

        foreach (var (wallet, user) in answer.Value ?? [])
        {
            _known[wallet] = user;
        }
    }
}
