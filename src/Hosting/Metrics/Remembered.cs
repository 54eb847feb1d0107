namespace Payments.Hosting.Metrics;

/// <summary>What was noted last, by id; the oldest goes first when it gets too much. For one caller at a time.</summary>
/// <param name="countMax">How many are remembered at most.</param>
public sealed class Remembered<T>(int countMax)
    where T : class
{
    private readonly Dictionary<Guid, T> _known = [];
    private readonly Queue<Guid> _oldestFirst = new();

    public T? Find(Guid id) => _known.GetValueOrDefault(id);

    public void Note(Guid id, T value)
    {
        if (!_known.ContainsKey(id))
        {
            _oldestFirst.Enqueue(id);
        }

        _known[id] = value;
        while (_oldestFirst.Count > countMax)
        {
            _known.Remove(_oldestFirst.Dequeue());
        }
    }
}
