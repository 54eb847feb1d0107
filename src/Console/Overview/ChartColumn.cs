namespace Payments.Console.Overview;

/// <summary>Payments that ended within a second, or a minute.</summary>
/// <param name="When">In words: <c>17 s ago</c>.</param>
public readonly record struct ChartColumn(string When, long Completed, long Failed)
{
    public string Words => $"{When}: {Completed} completed, {Failed} failed";
}
