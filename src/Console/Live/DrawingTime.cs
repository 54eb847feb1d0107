namespace Payments.Console.Live;

/// <summary>
/// What it takes to draw the news of all open pages once. The more of them there are, the less often each is drawn: however many look,
/// looking costs no more than a small part of one processor.
/// </summary>
public sealed class DrawingTime
{
    private const int PauseForEach = 9;   // A tenth of a processor.
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(600);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private long _ticks;

    /// <summary>Between two drawings of a page.</summary>
    public TimeSpan Pause
    {
        get
        {
            var pause = TimeSpan.FromTicks(Interlocked.Read(ref _ticks)) * PauseForEach;
            return pause < Shortest ? Shortest : pause > Longest ? Longest : pause;
        }
    }

    /// <param name="more">Than the same page took before; all that it took, when it is new; less than nothing, when it took less.</param>
    public void Change(TimeSpan more) => Interlocked.Add(ref _ticks, more.Ticks);
}
