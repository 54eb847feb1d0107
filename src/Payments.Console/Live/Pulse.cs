namespace Payments.Console;

/// <summary>
/// Draws what is new on one open page together: many questions are answered each second, and each answer alone would draw the page, and
/// all that is nested in it, again. One for each circuit.
/// </summary>
public sealed class Pulse(TimeProvider clock)
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(600);

    private readonly List<Watched> _news = [];
    private bool _beats;

    /// <summary>Something of the page has news. To be called where components are drawn.</summary>
    /// <param name="depth">Of the component: what contains others is drawn first, and they with it.</param>
    /// <param name="draw">Draws it, unless it was drawn meanwhile.</param>
    public void Tell(int depth, Action draw)
    {
        _news.Add(new(depth, draw));
        if (!_beats)
        {
            _beats = true;
            _ = BeatAsync();
        }
    }

    // On the page's own dispatcher from its first line to its last.
    private async Task BeatAsync()
    {
        await Task.Delay(Beat, clock);
        _beats = false;
        Watched[] news = [.. _news.OrderBy(n => n.Depth)];
        _news.Clear();
        foreach (var watched in news)
        {
            watched.Draw();
        }
    }

    private readonly record struct Watched(int Depth, Action Draw);
}
