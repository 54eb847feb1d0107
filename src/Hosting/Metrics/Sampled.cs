using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Payments.Hosting.Metrics;

/// <summary>
/// A gauge whose values are read from the database from time to time. Every instance of a service shows the same: take the largest.
/// </summary>
public sealed class SampledGauge
{
    private static readonly Meter Meter = new("Payments.Services");

    private readonly ConcurrentDictionary<string, IReadOnlyList<Sample>> _byLog = [];
    private readonly IReadOnlyList<string> _labels;

    /// <param name="labels">The names of its labels beside <c>log</c>.</param>
    public SampledGauge(string name, string unit, string description, params IReadOnlyList<string> labels)
    {
        _labels = labels;
        Meter.CreateObservableGauge(name, Measure, unit, description);
    }

    /// <summary>The values of one log; what is not among them is shown no more.</summary>
    public void Show(string log, IReadOnlyList<Sample> samples) => _byLog[log] = samples;

    /// <summary>This process does not look any more.</summary>
    public void Forget(string log) => _byLog.TryRemove(log, out _);

    private IEnumerable<Measurement<double>> Measure() =>
        from entry in _byLog
        from sample in entry.Value
        select new Measurement<double>(
            sample.Value,
            [new("log", entry.Key), .. _labels.Zip(sample.Labels, (name, value) => new KeyValuePair<string, object?>(name, value))]);
}

/// <summary>One value of a gauge.</summary>
/// <param name="Labels">In the order of the gauge's labels.</param>
public sealed record Sample(double Value, params IReadOnlyList<string> Labels);

/// <summary>A query, and the gauges that show what it finds: each row names its gauge.</summary>
/// <param name="Gauges">By the name in the first column.</param>
/// <param name="Sql">
/// Columns: the gauge, its value, and its labels, as text. Parameters: <c>$1</c> is now.
/// </param>
public sealed record SampledQuery(IReadOnlyDictionary<string, SampledGauge> Gauges, string Sql);
