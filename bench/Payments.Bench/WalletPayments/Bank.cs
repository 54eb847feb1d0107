namespace Payments.Bench.WalletPayments;

/// <summary>The wallets of a run, and the books that we keep of them ourselves: the platform's are held against these.</summary>
internal sealed class Bank
{
    private const long DepositEach = 10_000_000;
    private const long AmountMax = 500;
    private const int CallersAtOnce = 32;

    private readonly Guid[] _wallets;
    private readonly Dictionary<Guid, long> _balances;
    private long _completed;
    private long _failed;

    private Bank(Guid[] wallets)
    {
        _wallets = wallets;
        _balances = wallets.ToDictionary(w => w, _ => DepositEach);
    }

    /// <summary>Opens wallets, each of another user, and puts money in.</summary>
    public static async Task<Bank> OpenAsync(PaymentsApi api, int count, CancellationToken cancel)
    {
        var wallets = new Guid[count];
        await Parallel.ForAsync(0, count, Several(cancel), async (i, stop) =>
        {
            wallets[i] = await api.OpenWalletAsync(UserOf(i), stop);
            await api.DepositAsync(wallets[i], DepositEach, stop);
        });
        return new Bank(wallets);
    }

    /// <summary>The user of a wallet, by its number from 0.</summary>
    public static string UserOf(int wallet) => $"bench-{wallet:D6}";

    /// <summary>Somebody pays somebody else a little.</summary>
    public Transfer NextTransfer(Random random) => NextTransfer(random, among: _wallets.Length);

    /// <summary>One of the first wallets pays another one of them.</summary>
    public Transfer NextTransfer(Random random, int among)
    {
        var payer = random.Next(among);
        return Transfer(random, payer, (payer + random.Next(1, among)) % among);
    }

    public Transfer Transfer(Random random, int payer, int payee) =>
        new(_wallets[payer], _wallets[payee], random.NextInt64(1, AmountMax + 1));

    /// <summary>
    /// Enters payments into the books. One whose end its caller did not learn is asked for again by its key, which does it once or not
    /// again, and then counted as what it became.
    /// </summary>
    /// <returns>How many had to be asked for again, and the first reason.</returns>
    public async Task<(int Count, string? Reason)> EnterAsync(PaymentsApi api, IReadOnlyList<Attempt> attempts, CancellationToken cancel)
    {
        var unknown = attempts.Where(a => a.Status is null).ToList();
        foreach (var attempt in attempts.Where(a => a.Status is not null))
            Enter(attempt);
        foreach (var attempt in unknown)
        {
            var again = await Attempt.MakeAsync(api, attempt.Transfer, attempt.Key, 0, cancel);
            if (again.Status is null)
                throw new NoResultException($"What became of a payment cannot be found out ({again.Trouble}): there is no result.");
            Enter(again);
        }

        return (unknown.Count, unknown.Select(a => a.Trouble).FirstOrDefault());
    }

    /// <summary>Holds every wallet and the platform's own numbers against the books.</summary>
    /// <returns>What was found right, in a sentence.</returns>
    /// <exception cref="NoResultException">Something is not as it must be.</exception>
    public async Task<string> AuditAsync(PaymentsApi api, CancellationToken cancel)
    {
        var wrong = new List<string>();
        var total = 0L;
        await Parallel.ForEachAsync(_wallets, Several(cancel), async (wallet, stop) =>
        {
            var (balance, held) = await api.WalletAsync(wallet, stop);
            Interlocked.Add(ref total, balance);
            if (balance == _balances[wallet] && held == 0)
                return;
            lock (wrong)
                wrong.Add($"wallet {wallet} has {balance} and {held} held; it should have {_balances[wallet]} and 0");
        });

        using var payments = await api.OverviewAsync("payments", cancel);
        using var wallets = await api.OverviewAsync("wallets", cancel);
        using var sagas = await api.OverviewAsync("sagas", cancel);
        long Number(System.Text.Json.JsonDocument overview, string name) => overview.RootElement.GetProperty(name).GetInt64();
        void Must(string what, long found, long expected)
        {
            if (found != expected)
                wrong.Add($"{what}: {found:N0} instead of {expected:N0}");
        }

        Must("payments completed", Number(payments, "completed"), _completed);
        Must("payments failed", Number(payments, "failed"), _failed);
        Must("payments pending", Number(payments, "pending"), 0);
        Must("sagas overdue", Number(sagas, "overdue"), 0);
        Must("dead letters", Number(payments, "deadLetters") + Number(wallets, "deadLetters") + Number(sagas, "deadLetters"), 0);
        Must("money in all", total, DepositEach * _wallets.Length);
        return wrong.Count == 0
            ? $"Money is conserved to the cent: {_completed:N0} payments moved it once each, {_failed:N0} not at all; " +
                $"each of {_wallets.Length:N0} wallets has exactly what it should, nothing is held."
            : throw new NoResultException($"There is no result, because the money is wrong:\n  {string.Join("\n  ", wrong.Take(10))}");
    }

    private void Enter(Attempt attempt)
    {
        if (!attempt.IsCompleted)
        {
            _failed++;
            return;
        }

        _completed++;
        _balances[attempt.Transfer.Payer] -= attempt.Transfer.Amount;
        _balances[attempt.Transfer.Payee] += attempt.Transfer.Amount;
    }

    private static ParallelOptions Several(CancellationToken cancel) =>
        new() { MaxDegreeOfParallelism = CallersAtOnce, CancellationToken = cancel };
}
