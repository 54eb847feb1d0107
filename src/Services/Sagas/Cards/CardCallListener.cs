using Payments.EventStore.Contract;

namespace Payments.SagaService.Cards;

/// <summary>Rings when a saga has commanded the card processor, wherever that was: it follows the log.</summary>
internal sealed partial class CardCallListener(IEventStore store, WakeSignal wake, TimeProvider clock, ILogger log)
{
    private const string TypePrefix = "command.card.";
    private const int BatchMax = 500;
    private static readonly TimeSpan AfterTrouble = TimeSpan.FromSeconds(1);

    public async Task ListenAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                await foreach (var batch in store.TailAsync(await store.LastPositionAsync(cancel), BatchMax, cancel))
                {
                    if (batch.Any(e => e.Type.StartsWith(TypePrefix, StringComparison.Ordinal)))
                    {
                        wake.Notify();
                    }
                }
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
            }
            catch (Exception trouble) when (trouble is StoreUnavailableException or Npgsql.NpgsqlException or TimeoutException)
            {
                LogTrouble(log, trouble.Message); // Meanwhile the worker looks by itself.
                await Task.Delay(AfterTrouble, clock, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    [LoggerMessage(EventId = 7001, Level = LogLevel.Warning, Message = "Cannot follow the log for card commands; trying again ({Reason})")]
    private static partial void LogTrouble(ILogger log, string reason);
}
