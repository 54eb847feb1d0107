using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Payments.EventStore.Sealing.Verifying;
using static System.FormattableString;

namespace Payments.Tools.Verifying;

/// <summary>What became of one log.</summary>
/// <param name="Report">Null when it could not be checked.</param>
/// <param name="Obstacle">Why it could not.</param>
internal sealed record LogOutcome(string Log, VerifyReport? Report, string? Obstacle)
{
    private const int FindingsShown = 20;

    public static string Json(IReadOnlyList<LogOutcome> outcomes) =>
        JsonSerializer.Serialize(outcomes, OutcomeJson.Default.IReadOnlyListLogOutcome) + "\n";

    public static string Text(IReadOnlyList<LogOutcome> outcomes, string where)
    {
        var text = new StringBuilder();
        text.Append(Invariant($"Event logs {where}\n"));
        foreach (var outcome in outcomes)
            outcome.WriteTo(text);
        return text.ToString();
    }

    private void WriteTo(StringBuilder text)
    {
        text.Append('\n');
        if (Report is not { } report)
        {
            text.Append(Invariant($"{Log}: COULD NOT BE CHECKED: {Obstacle}\n"));
            return;
        }

        text.Append(report.FindingsCount == 0
            ? Invariant($"{Log}: {report.Events:N0} events in {report.Seals:N0} seals are as they were sealed\n")
            : Invariant($"{Log}: NOT AS IT WAS SEALED, first at {report.Findings[0].What}\n"));
        foreach (var finding in report.Findings.Skip(1).Take(FindingsShown - 1))
            text.Append(Invariant($"  then {finding.What}\n"));
        if (report.FindingsCount > FindingsShown)
            text.Append(Invariant($"  and {report.FindingsCount - FindingsShown:N0} more\n"));
        if (report.Unsealed > 0)
            text.Append(Invariant($"  {report.Unsealed:N0} events are not sealed yet: only their order was checked\n"));
        if (report.ArchivedNotHashed > 0)
            text.Append(Invariant(
                $"  {report.ArchivedNotHashed:N0} archived events were not hashed again: the seals' word is taken for them\n"));
        if (report.Newest is { } newest)
            text.Append(Invariant($"  newest seal, up to position {report.NewestPosition:N0}: {newest}\n"));
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, UseStringEnumConverter = true)]
[JsonSerializable(typeof(IReadOnlyList<LogOutcome>))]
internal sealed partial class OutcomeJson : JsonSerializerContext;
