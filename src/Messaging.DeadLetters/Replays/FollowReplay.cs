using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Payments.Messaging.DeadLetters.Replays;

/// <summary>
/// <c>GET replays/{id}/progress</c>: server-sent events, each a replay as <c>GET replays</c> shows it. <c>progress</c> when something has
/// changed, and every few seconds so that nobody takes silence for an end; then <c>end</c>.
/// </summary>
internal static class FollowReplay
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(5);

    public static async Task<IResult> Handle(Guid id, ReplayStore books, TimeProvider clock, CancellationToken cancel) =>
        await books.FindAsync(id, cancel) is { Status: not Replay.Planned }
            ? TypedResults.ServerSentEvents(FollowAsync(id, books, clock, cancel))
            : ShowReplays.NotFound(id);

    private static async IAsyncEnumerable<SseItem<string>> FollowAsync(
        Guid id, ReplayStore books, TimeProvider clock, [EnumeratorCancellation] CancellationToken cancel)
    {
        var (last, saidAt) = ("", clock.GetTimestamp());
        while (await books.FindAsync(id, cancel) is { } replay)
        {
            var isOver = replay.IsOver || replay.Status == Replay.Stopped;
            var json = JsonSerializer.Serialize(ReplayViews.Of(replay), DeadLetterJson.Default.ReplayView);
            if (isOver || json != last || clock.GetElapsedTime(saidAt) >= SilenceMax)
            {
                (last, saidAt) = (json, clock.GetTimestamp());
                yield return new SseItem<string>(json, isOver ? "end" : "progress");
            }

            if (isOver)
            {
                yield break;
            }

            await Task.Delay(LookEvery, clock, cancel);
        }
    }
}
