using System.Collections.Immutable;

namespace Payments.Domain.Wallets;

/// <summary>How a wallet ended one purpose: what a repeat of the command is measured against. Combined in questions only.</summary>
[Flags]
public enum WalletOutcomes
{
    None = 0,
    HoldRefused = 1,
    HoldReleased = 2,
    HoldCaptured = 4,
    Credited = 8,
    CreditRefused = 16,
    HoldExpired = 32,
    CreditReversed = 64,
}

/// <summary>A wallet's last outcomes by hold or operation, oldest out first: a repeated command is recognised and does nothing.</summary>
/// <remarks>
/// Refusals are remembered too: an operation that was refused is undone, and obeying its command later would move money for nobody.
/// This is the quick answer to a repeat. The last word is the database's: a ledger entry is unique by movement and wallet, and stands
/// against a refusal of the same and the other way round. So a repeat older than this memory is recognised there, and does nothing either.
/// </remarks>
public sealed class RecentOutcomes : IEquatable<RecentOutcomes>
{
    /// <summary>How many are kept: bounds the state of a wallet that lives for years.</summary>
    public const int CountMax = 64;

    public static readonly RecentOutcomes None = new([]);

    private readonly ImmutableQueue<(Guid Id, WalletOutcomes Outcome)> _outcomes;
    private readonly int _count;

    private RecentOutcomes(ImmutableQueue<(Guid Id, WalletOutcomes Outcome)> outcomes, int count = 0)
    {
        _outcomes = outcomes;
        _count = count;
    }

    /// <summary>All of them, oldest first.</summary>
    public IEnumerable<(Guid Id, WalletOutcomes Outcome)> All => _outcomes;

    /// <summary>Did <paramref name="id"/> end in any of these ways?</summary>
    public bool Contains(Guid id, WalletOutcomes any)
    {
        foreach (var known in _outcomes)
        {
            if (known.Id == id && (known.Outcome & any) != 0)
            {
                return true;
            }
        }

        return false;
    }

    public RecentOutcomes Add(Guid id, WalletOutcomes outcome) => _count < CountMax
        ? new(_outcomes.Enqueue((id, outcome)), _count + 1)
        : new(_outcomes.Dequeue().Enqueue((id, outcome)), _count);

    public bool Equals(RecentOutcomes? other) => other is not null && _outcomes.SequenceEqual(other._outcomes);

    public override bool Equals(object? obj) => Equals(obj as RecentOutcomes);

    public override int GetHashCode() => _count;
}
