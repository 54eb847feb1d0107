using Payments.Console.Gateway;
using Payments.Contracts.DeadLetters;

namespace Payments.Console.DeadLetters;

/// <summary>The dead letters that were chosen at one moment, by their ids: what comes later is no part of it.</summary>
/// <param name="IsCut">There were more than can be named.</param>
public sealed record Frozen(DeadLetterSelection Selection, bool IsCut)
{
    /// <summary>As many ids as the services take.</summary>
    public const int CountMax = 10_000;

    private const int PageSize = 500;

    public int Count => Selection.Ids!.Count;

    /// <returns>The selection, or why there is none.</returns>
    public static async Task<(Frozen? Frozen, Trouble? Trouble)> FreezeAsync(
        GatewayClient gateway, string service, DeadLetterQuery query, DateTimeOffset now, CancellationToken cancel)
    {
        var (ids, after) = (new SortedSet<long>(), (string?)null);
        do
        {
            var page = await gateway.GetAsync<DeadLetterPage>(
                DeadLetterPaths.List(service, query, now, status: null, after, PageSize), cancel);
            if (page.Value is not { } found)
            {
                return (null, page.Trouble);
            }

            ids.UnionWith(found.Items.Select(letter => letter.Id));
            after = found.Next;
        }
        while (after is not null && ids.Count < CountMax);
        return ids.Count == 0
            ? (null, new Trouble(TroubleKind.Refused, "Nothing is chosen any more: all of it has been replayed or discarded meanwhile."))
            : (new Frozen(new DeadLetterSelection { Ids = [.. ids] }, after is not null), null);
    }
}
