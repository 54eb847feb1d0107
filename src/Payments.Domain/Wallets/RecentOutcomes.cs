using System.Collections.Immutable;

namespace Payments.Domain.Wallets;

/// <summary>The ids of a wallet's last movements, oldest out first, so that a repeated command is recognised and does nothing.</summary>
/// <remarks>
/// This is the quick and quiet answer to a repeat. The last word is the database's: a ledger entry is unique by movement and
/// wallet, so a repeat older than this memory fails instead of moving money twice.
/// </remarks>
public sealed class RecentMovements : IEquatable<RecentMovements>
{
    /// <summary>How many ids are kept: bounds the state of a wallet that lives for years.</summary>
    public const int CountMax = 64;

    public static readonly RecentMovements None = new([]);

    private readonly ImmutableQueue<Guid> _ids;
    private readonly int _count;

    private RecentMovements(ImmutableQueue<Guid> ids, int count = 0)
    {
        _ids = ids;
        _count = count;
    }

    public bool Contains(Guid id) => _ids.Contains(id);

    public RecentMovements Add(Guid id) =>
        _count < CountMax ? new(_ids.Enqueue(id), _count + 1) : new(_ids.Dequeue().Enqueue(id), _count);

    public bool Equals(RecentMovements? other) => other is not null && _ids.SequenceEqual(other._ids);

    public override bool Equals(object? obj) => Equals(obj as RecentMovements);

    public override int GetHashCode() => _count;
}
