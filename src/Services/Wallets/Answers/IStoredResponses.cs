using Npgsql;

namespace Payments.WalletService.Answers;

/// <summary>What wallets have answered, for as long as there are wallets.</summary>
internal interface IStoredResponses
{
    /// <summary>Those of them that were answered with certainty: done, or refused for good.</summary>
    Task<IReadOnlyList<Answered>> FindAsync(IReadOnlyCollection<Answered> asked, CancellationToken cancel);
}

/// <summary>The ledger has what was done, and <c>refusals</c> what was not.</summary>
internal sealed class AnswerTables(NpgsqlDataSource database) : IStoredResponses
{
    private const string Sql =
        """
        select distinct a.operation, a.wallet, a.act
        from unnest($1, $2, $3) as a (operation, wallet, act)
        where exists (
                select from refusals f where f.operation_id = a.operation and f.wallet_id = a.wallet and f.act = a.act)
            or exists (
                select from ledger_entries e where e.movement_id = a.operation and e.wallet_id = a.wallet and e.kind = any (
                    case a.act
                        when 'credit' then array['payment_in', 'refund_in']
                        when 'capture' then array['payment_out', 'refund_out', 'capture_out']
                        when 'reverse' then array['reversal']
                        else array[]::text[]
                    end))
        """;

    public async Task<IReadOnlyList<Answered>> FindAsync(IReadOnlyCollection<Answered> asked, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(Sql);
        command.Parameters.AddWithValue(asked.Select(a => a.Operation).ToArray());
        command.Parameters.AddWithValue(asked.Select(a => a.Wallet).ToArray());
        command.Parameters.AddWithValue(asked.Select(a => a.Act).ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var answered = new List<Answered>();
        while (await reader.ReadAsync(cancel))
        {
            answered.Add(new Answered(reader.GetGuid(0), reader.GetGuid(1), reader.GetString(2)));
        }

        return answered;
    }
}
