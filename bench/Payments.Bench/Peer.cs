namespace Payments.Bench;

/// <summary>Whom the event store is measured beside; the values of <c>--peers</c>.</summary>
internal static class Peer
{
    public const string Plain = "plain";
    public const string Emmett = "emmett";

    public static readonly IReadOnlyList<string> All = [Plain, Emmett];
}
