using System.Collections.Concurrent;
using Payments.Domain;
using Payments.Domain.Wallets;

namespace Payments.WalletService.Answers;

/// <summary>Commands that wallets have answered and forgotten, and that the database has remembered.</summary>
internal sealed class Recollections
{
    /// <summary>What is true once stays true, so forgetting costs another look-up.</summary>
    private const int CountMax = 10_000;

    private readonly ConcurrentDictionary<Answered, bool> _known = new();

    /// <returns>How many of them are new.</returns>
    public int Add(IEnumerable<Answered> answered)
    {
        if (_known.Count >= CountMax)
        {
            _known.Clear();
        }

        return answered.Count(a => _known.TryAdd(a, true));
    }

    /// <summary>
    /// What a wallet decides on a command that comes by message: nothing when it was answered before, for the answer is in the log.
    /// </summary>
    public Decision<WalletEvent> Decide(Wallet? wallet, WalletCommand command, DateTimeOffset now, WalletRules rules) =>
        Answered.To(command) is { } asked && _known.ContainsKey(asked)
            ? new Decision<WalletEvent>.Accepted([])
            : Wallet.Decide(wallet, command, now, rules);
}
