using System.Diagnostics.Metrics;
using Payments.Domain.Sagas;
using Payments.EventStore.Contract;
using Payments.Hosting;
using Payments.Hosting.Metrics;

namespace Payments.SagaService.Sagas;

/// <summary>How long sagas and their steps take, from their events as they are stored.</summary>
internal sealed class SagaStreamMetrics(IEventStore store)
{
    private const int SagasRemembered = 50_000;

    /// <summary>More than the events of the longest way through a saga, with repeats and operators' acts.</summary>
    private const int EventsMax = 1_000;

    private static readonly double[] Seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800];

    private static readonly Meter Meter = new(SagaMetrics.MeterName);
    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>(
        "payments.saga.duration",
        "s",
        "From the start of a saga to its end.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds });

    private static readonly Histogram<double> StepDuration = Meter.CreateHistogram<double>(
        "payments.saga.step.duration",
        "s",
        "How long a saga waited in a phase.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds });

    private static readonly Counter<long> Repeats = Meter.CreateCounter<long>(
        "payments.saga.repeats", "{step}", "Steps that were asked again, refused, or went overdue.");

    private static readonly Counter<long> Acts = Meter.CreateCounter<long>(
        "payments.saga.operator.acts", "{act}", "What people did about sagas.");

    private static readonly HashSet<string> Ends = new(StringComparer.Ordinal) { SagaPhases.Completed, SagaPhases.Failed };

    private readonly Remembered<PhaseTime> _phases = new(SagasRemembered);

    /// <summary>Gauges of the tables: who is on the way, and who needs a person.</summary>
    public static readonly SampledQuery Gauges = new(
        new Dictionary<string, SampledGauge>
        {
            ["open"] = new("payments.saga.open", "{saga}", "Sagas on their way, by what they wait for.", "phase"),
            ["overdue"] = new("payments.saga.overdue", "{saga}", "Sagas whose deadline has passed: each waits for a person."),
            ["stuck"] = new("payments.saga.stuck", "{saga}", "Sagas that are not as they should be: overdue, asked again, or refused."),
            ["card"] = new("payments.card.calls.waiting", "{call}", "Calls of the card processor that are to be made or under way."),
        },
        """
        select 'open', count::double precision, phase from saga_counts where phase not in ('completed', 'failed')
        union all
        select 'overdue', count(*), null from sagas where deadline is not null and overdue
        union all
        select 'stuck', count(*), null from sagas where deadline is not null and (overdue or attempt > 1 or refusal_code is not null)
        union all
        select 'card', count(*), null from card_calls where $1::timestamptz is not null
        """);

    public MeasuredEvents Events => new(new EventFilter { StreamType = SagaAggregate.Definition.StreamType }, ObserveAsync);

    /// <summary>What has not happened yet shows as 0, so that its first time shows as a rise.</summary>
    public SagaStreamMetrics Begin()
    {
        foreach (var phase in PhaseNames.All.Except(Ends.Select(PhaseNames.Shown)))
        {
            foreach (var kind in (string[])["retried", "refused", "overdue"])
            {
                Repeats.Add(0, new("phase", phase), new KeyValuePair<string, object?>("kind", kind));
            }
        }

        foreach (var act in Enum.GetNames<SagaIntervention>())
        {
            Acts.Add(0, new KeyValuePair<string, object?>("act", act.ToLowerInvariant()));
        }

        return this;
    }

    private async Task ObserveAsync(IReadOnlyList<StoredEvent> events, CancellationToken cancel)
    {
        foreach (var stored in events)
        {
            var e = StoredEvents.Decode<SagaEvent>(stored);
            switch (e)
            {
                case SagaEvent.Started started:
                    _phases.Note(Guid.Parse(stored.Stream.Key), PhaseTime.Of(started, stored.RecordedAt));
                    break;
                case SagaEvent.Moved moved when await PhaseBeforeAsync(stored, cancel) is { } before:
                    Measure(before, moved, stored.RecordedAt);
                    _phases.Note(Guid.Parse(stored.Stream.Key), before with { Phase = moved.To, Since = stored.RecordedAt });
                    break;
                case SagaEvent.Retried { In: var phase }:
                    Repeat(phase, "retried");
                    break;
                case SagaEvent.StepRefused { In: var phase }:
                    Repeat(phase, "refused");
                    break;
                case SagaEvent.WentOverdue { In: var phase }:
                    Repeat(phase, "overdue");
                    break;
                case SagaEvent.OperatorActed { Act: var act }:
                    Acts.Add(1, new KeyValuePair<string, object?>("act", act.ToString().ToLowerInvariant()));
                    break;
            }
        }
    }

    private static void Repeat(string phase, string kind) =>
        Repeats.Add(1, new("phase", PhaseNames.Shown(phase)), new KeyValuePair<string, object?>("kind", kind));

    private static void Measure(PhaseTime before, SagaEvent.Moved moved, DateTimeOffset at)
    {
        if (before.Phase is { } phase)
        {
            StepDuration.Record(
                (at - before.Since).TotalSeconds,
                new("saga", before.Definition),
                new KeyValuePair<string, object?>("phase", PhaseNames.Shown(phase)));
        }

        if (Ends.Contains(moved.To))
        {
            Duration.Record(
                (at - before.StartedAt).TotalSeconds,
                new("saga", before.Definition),
                new KeyValuePair<string, object?>("outcome", PhaseNames.Shown(moved.To)));
        }
    }

    /// <summary>Null: its first month is archived.</summary>
    private async Task<PhaseTime?> PhaseBeforeAsync(StoredEvent stored, CancellationToken cancel)
    {
        if (_phases.Find(Guid.Parse(stored.Stream.Key)) is { } known)
        {
            return known;
        }

        try
        {
            PhaseTime? phase = null;
            var before = VersionRange.FromStart(stored.StreamVersion - 1);
            foreach (var e in await store.ReadStreamAsync(stored.Stream, before, EventsMax, cancel))
            {
                phase = StoredEvents.Decode<SagaEvent>(e) switch
                {
                    SagaEvent.Started started => PhaseTime.Of(started, e.RecordedAt),
                    SagaEvent.Moved moved => phase! with { Phase = moved.To, Since = e.RecordedAt },
                    _ => phase,
                };
            }

            return phase;
        }
        catch (StreamArchivedException)
        {
            return null;
        }
    }

    /// <param name="Phase">Null between its start and its first step.</param>
    private sealed record PhaseTime(string Definition, DateTimeOffset StartedAt, string? Phase, DateTimeOffset Since)
    {
        public static PhaseTime Of(SagaEvent.Started started, DateTimeOffset at) => new(started.Definition, at, null, at);
    }
}
