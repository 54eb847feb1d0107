namespace SimulationTests.Plans;

/// <summary>All chance of one world: the same seed throws the same dice.</summary>
internal sealed class Dice(int seed)
{
    private readonly Random _random = new(seed);

    public bool Chance(int perMille) => _random.Next(1_000) < perMille;

    /// <summary>From 0 up to, not with, <paramref name="end"/>.</summary>
    public int Below(int end) => _random.Next(end);

    /// <summary>From <paramref name="least"/> to <paramref name="most"/>, both included.</summary>
    public int Between(int least, int most) => _random.Next(least, most + 1);

    public TimeSpan Time(int leastMs, int mostMs) => TimeSpan.FromMilliseconds(Between(leastMs, mostMs));

    public T Pick<T>(IReadOnlyList<T> from) => from[_random.Next(from.Count)];

    public void Shuffle<T>(List<T> items)
    {
        for (var i = items.Count - 1; i > 0; i--)
        {
            var j = _random.Next(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    public Guid NewId()
    {
        Span<byte> bytes = stackalloc byte[16];
        _random.NextBytes(bytes);
        return new Guid(bytes);
    }
}
