namespace Payments.SagaService.Cards;

/// <summary>
/// Keeps the calls of a slow card processor from taking more than their share of this process: who finds no place does not wait in memory,
/// it stays in the database.
/// </summary>
internal sealed class Bulkhead(int placesMax)
{
    private int _taken;

    public int Free => placesMax - Volatile.Read(ref _taken);

    public int Taken => Volatile.Read(ref _taken);

    /// <exception cref="InvalidOperationException">There is no place: whoever enters has to look first, and alone.</exception>
    public void Enter()
    {
        if (Interlocked.Increment(ref _taken) > placesMax)
        {
            Interlocked.Decrement(ref _taken);
            throw new InvalidOperationException($"All {placesMax} places are taken.");
        }
    }

    public void Leave() => Interlocked.Decrement(ref _taken);
}
