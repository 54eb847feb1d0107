using Payments.EventStore.Contract;

namespace Payments.EventStore.Aggregates;

/// <summary>A state with the version it was folded up to; no state at version 0.</summary>
public readonly record struct Versioned<TState>(TState? State, long Version)
    where TState : class;

/// <summary>
/// The states of the streams used last, at most so many. A stale one does no harm: the version check of the append finds it out.
/// </summary>
internal sealed class AggregateCache<TState>(int countMax)
    where TState : class
{
    private readonly Lock _gate = new();
    private readonly Dictionary<StreamId, LinkedListNode<(StreamId Stream, Versioned<TState> Value)>> _nodes = [];
    private readonly LinkedList<(StreamId Stream, Versioned<TState> Value)> _newestFirst = new();

    public bool TryGet(StreamId stream, out Versioned<TState> value)
    {
        lock (_gate)
        {
            value = default;
            if (!_nodes.TryGetValue(stream, out var node))
            {
                return false;
            }

            _newestFirst.Remove(node);
            _newestFirst.AddFirst(node);
            value = node.Value.Value;
            return true;
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _nodes.Clear();
            _newestFirst.Clear();
        }
    }

    /// <summary>Keeps a state unless a newer one is kept already.</summary>
    public void Keep(StreamId stream, Versioned<TState> value)
    {
        lock (_gate)
        {
            if (_nodes.TryGetValue(stream, out var node))
            {
                if (node.Value.Value.Version <= value.Version)
                {
                    node.Value = (stream, value);
                }

                return;
            }

            _nodes[stream] = _newestFirst.AddFirst((stream, value));
            if (_nodes.Count > countMax)
            {
                _nodes.Remove(_newestFirst.Last!.Value.Stream);
                _newestFirst.RemoveLast();
            }
        }
    }
}
