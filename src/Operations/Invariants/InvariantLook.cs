using Microsoft.Extensions.Logging;
using Payments.EventStore.Postgres;

namespace Payments.Operations.Invariants;

/// <summary>Looks at one invariant once, and writes down what came of it.</summary>
public sealed partial class InvariantLook(InvariantStore books, InvariantOptions options, TimeProvider clock, ILogger<InvariantLook> log)
{
    /// <summary>More findings than these in one look are the same disaster; the next looks come to the others.</summary>
    private const int FindingsMax = 1_000;

    private const int ErrorLengthMax = 500;

    /// <summary>
    /// Never throws but when it is cancelled: what stands in its way is written down, or logged where not even that is possible.
    /// </summary>
    public async Task LookAsync(Invariant invariant, CancellationToken cancel)
    {
        try
        {
            await CheckAsync(invariant, cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception trouble)
        {
            // The edge of a background worker: a look that fails, for whatever reason, is shown as a look that failed.
            await RecordTroubleAsync(invariant, trouble, cancel);
        }
    }

    private async Task CheckAsync(Invariant invariant, CancellationToken cancel)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromMilliseconds(options.LookTimeoutMs), clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        var look = await books.BeginAsync(invariant.Name, either.Token);
        var seen = await invariant.Check(look, either.Token);
        if (seen.Findings.Count > FindingsMax)
        {
            var more = $"{seen.Findings.Count - FindingsMax} more findings are not listed.";
            seen = seen with { Findings = [.. seen.Findings.Take(FindingsMax)], Note = seen.Note is { } note ? $"{note} {more}" : more };
        }

        foreach (var alert in await books.RecordAsync(invariant, look, seen, invariant.Grace ?? options.Grace, either.Token))
        {
            LogAlert(log, alert.Id, invariant.Name, alert.Finding.Message, alert.Finding.FirstDivergent?.ToString() ?? "none known");
        }
    }

    private async Task RecordTroubleAsync(Invariant invariant, Exception trouble, CancellationToken cancel)
    {
        var error = trouble is OperationCanceledException ? $"The look took longer than {options.LookTimeoutMs} ms." : trouble.Message;
        error = StorableText.Of(error, ErrorLengthMax);
        try
        {
            if (await books.RecordTroubleAsync(invariant, error, cancel))
            {
                LogTrouble(log, invariant.Name, error, trouble);
            }
        }
        catch (Exception worse) when (worse is Npgsql.NpgsqlException or TimeoutException)
        {
            LogTrouble(log, invariant.Name, error, worse);
        }
    }

    [LoggerMessage(EventId = 4002, Level = LogLevel.Error, Message = "Alert {Id}: {Invariant}: {What} First divergent event: {Event}")]
    private static partial void LogAlert(ILogger log, long id, string invariant, string what, string @event);

    [LoggerMessage(EventId = 4003, Level = LogLevel.Warning, Message = "{Invariant} could not be checked: {Reason}")]
    private static partial void LogTrouble(ILogger log, string invariant, string reason, Exception trouble);
}
