using System.CommandLine;
using Npgsql;
using Payments.EventStore.Sealing.Archives;
using Payments.EventStore.Sealing.Verifying;

namespace Payments.Tools.Verifying;

/// <summary><c>./payments verify</c>.</summary>
internal static class VerifyVerb
{
    public static Command Command() => VerifyOptions.Command(RunAsync);

    private static async Task<int> RunAsync(VerifyOptions options, CancellationToken cancel)
    {
        if (options.Check is { } file)
            return await Proofs.CheckAsync(file, options.Seal, cancel);
        await using var logs = await Logs.OpenAsync(options.Connection, options.Log, cancel);
        return options.Proof is { } address
            ? await Proofs.MakeAsync(logs, address, options.UpTo, cancel)
            : await VerifyAsync(logs, options, cancel);
    }

    private static async Task<int> VerifyAsync(Logs logs, VerifyOptions options, CancellationToken cancel)
    {
        var outcomes = new List<LogOutcome>();
        foreach (var (name, database) in logs.Databases)
        {
            var progress = new Progress(name);
            try
            {
                var archived = await ArchivedEvents.ReaderAsync(name, database, cancel);
                var report = await new LogVerifier(database, archived, progress.Tell).VerifyAsync(options.Expected, cancel);
                outcomes.Add(new LogOutcome(name, report, Obstacle: null));
            }
            catch (Exception obstacle) when (obstacle is NotSealableException or ArchiveCorruptException or NpgsqlException or IOException)
            {
                outcomes.Add(new LogOutcome(name, Report: null, obstacle.Message));
            }

            progress.Clear();
        }

        System.Console.Out.Write(options.Json ? LogOutcome.Json(outcomes) : LogOutcome.Text(outcomes, logs.Where));
        return outcomes.Any(o => o.Report is { FindingsCount: > 0 }) ? ExitCodes.Findings
            : outcomes.Any(o => o.Report is null) ? ExitCodes.NotDone
            : ExitCodes.Well;
    }
}
