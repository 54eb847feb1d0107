namespace Payments.Console.Live;

/// <summary>
/// Draws what is new on one open page together: many questions are answered each second, and each answer alone would draw the page, and
/// all that is nested in it, again. One for each circuit.
/// </summary>
public sealed class Pulse(DrawingTime everyones, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(30);

    private readonly Round _next = new();
    private readonly Round _soon = new();
    private TimeSpan _took;
    private bool _gone;

    /// <summary>Draws all of these in one go; there while a page is open.</summary>
    internal Action<IReadOnlyList<Action>>? Together { get; set; }

    /// <summary>Something of the page has news. To be called where components are drawn.</summary>
    /// <param name="depth">Of the component: what contains others is drawn first, and they with it.</param>
    /// <param name="draw">Draws it, unless it was drawn meanwhile.</param>
    public void Tell(int depth, Action draw) => Tell(_next, everyones.Pause, new(depth, draw));

    /// <summary>The same, for what somebody waits for: it does not wait until it is the page's turn.</summary>
    public void TellSoon(Action draw) => Tell(_soon, Soon, new(0, draw));

    public void Dispose()
    {
        Note(TimeSpan.Zero);
        _gone = true;
    }

    private void Tell(Round round, TimeSpan pause, Watched watched)
    {
        round.News.Add(watched);
        if (!round.IsComing)
        {
            round.IsComing = true;
            _ = BeatAsync(round, pause);
        }
    }

    // On the page's own dispatcher from its first line to its last.
    private async Task BeatAsync(Round round, TimeSpan pause)
    {
        await Task.Delay(pause, clock);
        round.IsComing = false;
        Action[] draws = [.. round.News.OrderBy(n => n.Depth).Select(n => n.Draw)];
        round.News.Clear();
        if (_gone)
        {
            return;
        }

        var began = clock.GetTimestamp();
        if (Together is { } together)
        {
            together(draws);
        }
        else
        {
            Array.ForEach(draws, draw => draw()); // Another layout is on its way.
        }

        if (round == _next)
        {
            Note(clock.GetElapsedTime(began));
        }
    }

    private void Note(TimeSpan took)
    {
        everyones.Change(took - _took);
        _took = took;
    }

    private sealed class Round
    {
        public List<Watched> News { get; } = [];

        public bool IsComing { get; set; }
    }

    private readonly record struct Watched(int Depth, Action Draw);
}
