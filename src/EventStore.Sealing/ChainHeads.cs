using System.Diagnostics.CodeAnalysis;

namespace Payments.EventStore.Sealing;

/// <summary>The heads of chains that were used lately, at least so many; the rest are in the database.</summary>
/// <remarks>
/// Two generations: when the young one is full it becomes the old one, and what was old is forgotten unless it was used since.
/// </remarks>
internal sealed class ChainHeads(int countMin)
{
    private Dictionary<string, ChainHead> _young = [];
    private Dictionary<string, ChainHead> _old = [];

    public bool TryGet(string stream, [MaybeNullWhen(false)] out ChainHead head)
    {
        if (_young.TryGetValue(stream, out head))
        {
            return true;
        }

        if (!_old.TryGetValue(stream, out head))
        {
            return false;
        }

        Set(head);
        return true;
    }

    public void Set(ChainHead head)
    {
        _young[head.Stream] = head;
        if (_young.Count >= countMin)
        {
            (_old, _young) = (_young, []);
        }
    }
}
