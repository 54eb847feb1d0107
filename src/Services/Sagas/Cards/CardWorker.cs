using System.Collections.Concurrent;
using Npgsql;
using Payments.Domain;
using Payments.Domain.Cards;
using Payments.Domain.Sagas;
using Payments.EventStore;
using Payments.EventStore.Aggregates;
using Payments.EventStore.Contract;
using Payments.SagaService.Sagas;

namespace Payments.SagaService.Cards;

/// <summary>
/// Makes the calls that sagas ask of the card processor, and gives the sagas its answers. It can be killed at any point: a call is a row
/// until the saga has its answer, the row comes back when its lease ends, and the processor does what is asked under one key once.
/// </summary>
internal sealed partial class CardWorker(
    CardCalls calls,
    CardCaller caller,
    CardPipeline pipeline,
    CardBreaker breaker,
    CardStepOptions options,
    Bulkhead bulkhead,
    IEventStore store,
    CommandHandler<Saga, SagaEvent> sagas,
    SagaEngine engine,
    TimeProvider clock,
    ILogger<CardWorker> log) : BackgroundService
{
    public const string Actor = "card-processor";

    /// <summary>How long it sleeps at most: covers a ring that was lost.</summary>
    private static readonly TimeSpan LookAnywayAfter = TimeSpan.FromSeconds(5);

    /// <summary>For what has become due since it looked, or is locked by another instance that is about to take it.</summary>
    private static readonly TimeSpan SoonAgain = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan AfterTrouble = TimeSpan.FromSeconds(1);

    private readonly WakeSignal _wake = new();
    private readonly Random _random = new();
    private readonly ConcurrentDictionary<Task, bool> _running = new();

    // More is to be done than was taken: whoever is ready rings.
    private volatile bool _more;

    public override void Dispose()
    {
        _wake.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var listening = new CardCallListener(store, _wake, clock, log).ListenAsync(stoppingToken);
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                await _wake.SleepAsync(await TryRoundAsync(stoppingToken), clock, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }

        await Task.WhenAll([listening, .. _running.Keys]);
    }

    /// <returns>How long there is nothing to do, unless somebody rings.</returns>
    private async Task<TimeSpan> TryRoundAsync(CancellationToken cancel)
    {
        try
        {
            return await RoundAsync(cancel);
        }
        catch (Exception trouble) when (trouble is NpgsqlException or TimeoutException)
        {
            LogTrouble(log, trouble);
            return AfterTrouble;
        }
    }

    private async Task<TimeSpan> RoundAsync(CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var state = await breaker.StateAsync();
        if (OpenUntil(state, now) is { } until)
        {
            _more = true; // What waits has to go on as soon as a probe succeeds.
            return Least(until - now, LookAnywayAfter);
        }

        // Half open: one call tries it out, the others would only be turned away.
        var places = Math.Min(bulkhead.Free, state.OpenUntil is null ? int.MaxValue : 1);
        var leased = places == 0
            ? []
            : await calls.LeaseAsync(places, Guid.CreateVersion7(now), now, options.Lease, cancel);
        _more = leased.Count == places || state.OpenUntil is not null;
        foreach (var call in leased)
        {
            Start(call, cancel);
        }

        if (bulkhead.Free == 0 || state.OpenUntil is not null)
        {
            return LookAnywayAfter; // Whoever is ready rings.
        }

        return await calls.NextAsync(cancel) is not { } next ? LookAnywayAfter
            : next <= now ? SoonAgain
            : Least(next - now, LookAnywayAfter);
    }

    private static DateTimeOffset? OpenUntil(BreakerState state, DateTimeOffset now) =>
        state.OpenUntil > now ? state.OpenUntil : state.ProbeUntil > now ? state.ProbeUntil : null;

    private static TimeSpan Least(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private void Start(LeasedCall call, CancellationToken cancel)
    {
        bulkhead.Enter();
        var running = RunAsync(call, cancel);
        _running[running] = true;
        _ = running.ContinueWith(
            done => _running.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    // The edge of a call: whatever happens to one is noted on its row, and no other call hears of it.
    private async Task RunAsync(LeasedCall call, CancellationToken cancel)
    {
        await Task.Yield();
        using var scope = log.Of(call.Payment);
        try
        {
            await MakeAsync(call, cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            await TryPutOffAsync(call, clock.GetUtcNow(), null); // Somebody else may go on at once.
        }
        catch (Exception trouble) when (trouble is NpgsqlException or StoreUnavailableException or TimeoutException)
        {
            LogCallTrouble(log, call.Saga, trouble); // The lease ends, and the call comes back: to be looked up.
        }
        catch (Exception bug)
        {
            LogBug(log, call.Saga, bug);
            await TryPutOffAsync(call, clock.GetUtcNow() + PauseAfter(call.Calls), $"a fault of ours: {bug.GetType().Name}");
        }
        finally
        {
            bulkhead.Leave();
            if (_more)
            {
                _wake.Notify();
            }
        }
    }

    private async Task MakeAsync(LeasedCall call, CancellationToken cancel)
    {
        var command = call.Command();
        var name = CardCommands.NameOf(command.Act);
        var commanded = await store.ReadStreamAsync(
            SagaAggregate.Definition.Stream(call.Saga), new VersionRange(call.Version - 1, call.Version), 1, cancel);
        var cause = commanded is [var e] ? e : null; // Of an archived month: then it is not known any more.
        using var span = SagaMetrics.StartCardCall(name, cause?.Metadata.TraceParent);
        span?.SetTag("payments.payment.id", call.Payment);

        var (outcome, maybeAsked) = await pipeline.CallAsync(
            (before, token) => caller.CallAsync(command, before, token), call.MaybeAsked(clock.GetUtcNow()), cancel);
        span?.SetTag("payments.card.outcome", outcome.GetType().Name);
        SagaMetrics.CountCardCall(name, outcome.GetType().Name.ToLowerInvariant());
        switch (outcome)
        {
            case CardOutcome.Answered answered:
                var trace = span?.Id ?? cause?.Metadata.TraceParent;
                await TellAsync(call, answered.Answer, new Cause(call.Payment, cause?.EventId, Actor, trace), cancel);
                break;
            case CardOutcome.Unknown unknown:
                LogUnknown(log, name, call.Saga, unknown.Why);
                await calls.PutOffAsync(call, clock.GetUtcNow() + PauseAfter(call.Calls), unknown.Why, count: true, cancel);
                break;
            case CardOutcome.Deferred:
                var now = clock.GetUtcNow();
                var until = OpenUntil(await breaker.StateAsync(), now) ?? now;
                await calls.PutOffAsync(call, until, null, count: maybeAsked, cancel);
                break;
            default:
                throw new InvalidOperationException($"{outcome} is no outcome.");
        }
    }

    private async Task TellAsync(LeasedCall call, CardAnswer answer, Cause cause, CancellationToken cancel)
    {
        var signal = new Signal.OfCard(answer);
        var told = (Saga: default(Saga), Ignored: false);
        await sagas.HandleAsync(
            new(SagaAggregate.Definition.Stream(call.Saga), cause, (state, now) =>
            {
                var events = engine.React(state, signal, now);
                told = (state, events.IsEmpty);
                return new Decision<SagaEvent>.Accepted(events);
            }),
            cancel);
        if (told.Ignored)
        {
            // The saga has gone on meanwhile, and what it wants now is a row of its own.
            SagaMetrics.CountIgnored(signal.Name, told.Saga);
            await calls.PutOffAsync(call, clock.GetUtcNow() + PauseAfter(call.Calls), null, count: true, cancel);
        }
    }

    private async Task TryPutOffAsync(LeasedCall call, DateTimeOffset dueAt, string? trouble)
    {
        try
        {
            await calls.PutOffAsync(call, dueAt, trouble, count: true, CancellationToken.None);
        }
        catch (Exception away) when (away is NpgsqlException or TimeoutException or ObjectDisposedException)
        {
            LogCallTrouble(log, call.Saga, away); // Then the lease has to end.
        }
    }

    // Doubling, with half of it left to chance so that many do not come back together.
    private TimeSpan PauseAfter(int times)
    {
        var whole = Math.Min(options.RetryBaseMs * Math.Pow(2, Math.Min(times, 30)), options.RetryLongestMs);
        lock (_random)
        {
            return TimeSpan.FromMilliseconds((whole / 2) + (_random.NextDouble() * whole / 2));
        }
    }

    [LoggerMessage(
        EventId = 7005,
        Level = LogLevel.Warning,
        Message = "The outcome of {Act} of saga {Saga} is not known: {Why}. It will be looked up")]
    private static partial void LogUnknown(ILogger log, string act, Guid saga, string why);

    [LoggerMessage(
        EventId = 7006,
        Level = LogLevel.Warning,
        Message = "A card call of saga {Saga} could not be ended; it comes back when its lease ends")]
    private static partial void LogCallTrouble(ILogger log, Guid saga, Exception trouble);

    [LoggerMessage(EventId = 7007, Level = LogLevel.Error, Message = "A card call of saga {Saga} meets a fault of ours; it is tried again")]
    private static partial void LogBug(ILogger log, Guid saga, Exception bug);

    [LoggerMessage(EventId = 7008, Level = LogLevel.Warning, Message = "Could not look for card calls; trying again")]
    private static partial void LogTrouble(ILogger log, Exception trouble);
}
