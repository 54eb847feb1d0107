using System.CommandLine;
using System.CommandLine.Parsing;
using Payments.EventStore.Partitions;
using Payments.EventStore.Sealing.Archives;

namespace Payments.Tools.Archives;

/// <summary><c>./payments archive</c>.</summary>
internal static class ArchiveVerb
{
    public static Command Command()
    {
        var month = new Option<Month?>("--month") { HelpName = "yyyy-MM", Description = "what to move into files", CustomParser = Month };
        var to = new Option<DirectoryInfo>("--to") { Description = "where the files go" }.AcceptExistingOnly();
        var restore = new Option<string?>("--restore") { Description = "moves a file back, with --log" };
        var log = Logs.LogOption();
        var connection = Logs.ConnectionOption();
        var command = new Command("archive", """
            Moves a month of the event logs into files, or back; without options, lists the months that are in files.

            The files are compressed, each with its SHA-256 beside it. A file is compared with the database line by line before anything is
            dropped. The platform may be running. A month that is not over, or that somebody still has to read (the relay, the sealer, a
            projection), stays, and the reason is said.
            Exit code: 0 done, 1 refused for a reason that is told, 2 it could not be done.
            """) { month, to, restore, log, connection };
        command.Validators.Add(given =>
        {
            var isOfMonth = given.GetResult(month) is not null;
            if (isOfMonth != given.GetResult(to) is not null)
                given.AddError("--month and --to go together.");
            if (given.GetResult(restore) is not null && (isOfMonth || given.GetResult(log) is null))
                given.AddError("--restore goes with --log, and not with --month.");
        });
        command.SetAction(async (parsed, cancel) =>
        {
            await using var logs = await Logs.OpenAsync(parsed.GetValue(connection), parsed.GetValue(log), cancel);
            return await RunAsync(logs, parsed.GetValue(month), parsed.GetValue(to)?.ToString(), parsed.GetValue(restore), cancel);
        });
        return command;
    }

    private static async Task<int> RunAsync(Logs logs, Month? month, string? folder, string? file, CancellationToken cancel)
    {
        var done = true;
        foreach (var (name, database) in logs.Databases)
        {
            var log = ServiceLog.Of(name, database);
            if (month is not null)
                done &= Tell(name, await log.ArchiveAsync(month.Value, folder!, cancel));
            else if (file is not null)
                done &= Tell(name, await log.Months.RestoreAsync(file, cancel));
            else
                List(name, await log.Months.ArchivedMonthsAsync(cancel));
        }

        return done ? ExitCodes.Well : ExitCodes.Findings;
    }

    private static Month? Month(ArgumentResult result)
    {
        try
        {
            return EventStore.Partitions.Month.Parse(result.Tokens[0].Value);
        }
        catch (FormatException mistake)
        {
            result.AddError($"--month: {mistake.Message}");
            return null;
        }
    }

    private static bool Tell(string name, ArchiveResult result)
    {
        switch (result)
        {
            case ArchiveResult.Archived { Month: var month }:
                System.Console.WriteLine($"{name}: {month.Month}, {month.EventCount:N0} events, is in {month.File}");
                return true;
            case ArchiveResult.Refused refused:
                foreach (var reason in refused.Reasons)
                    System.Console.WriteLine($"{name}: stays. {reason}");
                return refused.Reasons is [ArchiveRefusal.NoEvents]; // Nothing to do.
            default:
                throw new InvalidOperationException($"{result} is no result of archiving.");
        }
    }

    private static bool Tell(string name, RestoreResult result)
    {
        System.Console.WriteLine(result switch
        {
            RestoreResult.Restored { Month: var month } =>
                $"{name}: {month.Month}, {month.EventCount:N0} events, is in the database again.",
            RestoreResult.Refused refused => $"{name}: not restored. {refused.Reason}",
            _ => throw new InvalidOperationException($"{result} is no result of restoring."),
        });
        return result is RestoreResult.Restored;
    }

    private static void List(string name, IReadOnlyList<ArchivedMonth> months)
    {
        foreach (var month in months)
            System.Console.WriteLine(
                $"{name}: {month.Month}, {month.EventCount:N0} events, " +
                $"positions {month.FirstPosition} to {month.LastPosition}, in {month.File}");
        if (months.Count == 0)
            System.Console.WriteLine($"{name}: all months are in the database.");
    }
}
