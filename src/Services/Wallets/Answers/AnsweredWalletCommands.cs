using Npgsql;
using Payments.EventStore.Contract;

namespace Payments.WalletService.Answers;

/// <summary>
/// What wallets have answered, for as long as there are wallets: the ledger has what was done, and <c>refusals</c> what was not.
/// </summary>
/// <remarks>
/// A wallet remembers its last outcomes only, and a command may come again later than that. The database does not store a second answer, so
/// a repeat does nothing, however late it is, and is no dead letter.
/// </remarks>
internal sealed class AnsweredWalletCommands(NpgsqlDataSource database) : IAnsweredCommands
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

    public async Task<IReadOnlyList<CommandKey>> FindAsync(IReadOnlyCollection<CommandKey> commands, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(Sql);
        command.Parameters.AddWithValue(commands.Select(c => c.Operation).ToArray());
        command.Parameters.AddWithValue(commands.Select(c => c.Target).ToArray());
        command.Parameters.AddWithValue(commands.Select(c => c.Act).ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var answered = new List<CommandKey>();
        while (await reader.ReadAsync(cancel))
        {
            answered.Add(new CommandKey(reader.GetGuid(0), reader.GetGuid(1), reader.GetString(2)));
        }

        return answered;
    }
}
