using System.Globalization;
using Payments.EventStore.Contract;

namespace SimulationTests.Worlds;

/// <summary>What happened, in order: as a hash always, as text on request.</summary>
internal sealed class Trace(SimulatedClock clock, bool keepsText)
{
    private const ulong Prime = 1_099_511_628_211;

    private readonly Dictionary<string, string> _names = [];
    private readonly List<string> _lines = [];

    /// <summary>FNV-1a of every step and every stored event. Equal for two runs that did the same.</summary>
    public ulong Hash { get; private set; } = 14_695_981_039_346_656_037;

    public bool KeepsText => keepsText;

    public IReadOnlyList<string> Lines => _lines;

    /// <summary>A short name for an id, such as <c>w1</c> or <c>p3</c>.</summary>
    public void Name(Guid id, string name)
    {
        if (keepsText)
        {
            _names[id.ToString("D")] = name;
        }
    }

    public void Step(int actor)
    {
        Mix((ulong)clock.Now.Ticks);
        Mix((ulong)actor);
    }

    public void Stored(string source, StoredEvent e, object content)
    {
        Mix((ulong)e.Position);
        foreach (var c in e.Type)
        {
            Mix(c);
        }

        if (keepsText)
        {
            Say(source, $"#{e.Position} {e.Stream} {Readable(content)}");
        }
    }

    /// <summary>One line. Ask <see cref="KeepsText"/> first: making the text costs more than the step that it tells of.</summary>
    public void Say(string actor, string text)
    {
        foreach (var (id, name) in _names)
        {
            text = text.Replace(id, name, StringComparison.Ordinal);
        }

        var at = (clock.Now - SimulatedClock.Start).TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture);
        _lines.Add($"{at,9}  {actor,-18} {text}");
    }

    private void Mix(ulong value) => Hash = (Hash ^ value) * Prime;

    private static string Readable(object content) => content.ToString()!
        .Replace(" { Value = ", " ", StringComparison.Ordinal)
        .Replace(", IsPositive = True", "", StringComparison.Ordinal)
        .Replace(", IsPositive = False", "", StringComparison.Ordinal);
}
