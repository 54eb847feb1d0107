using Payments.EventStore.Partitions;
using Payments.EventStore.Sealing.Archives;

namespace Payments.Tools.Archives;

/// <summary><c>./payments archive</c>.</summary>
internal static class ArchiveVerb
{
    public const string Usage = """
        Usage: ./payments archive                                          the months that are in archives
               ./payments archive --month <yyyy-MM> --to <folder> [--log <name>]
               ./payments archive --restore <file> --log <name>

        Moves a month of the event logs of payments, wallets and sagas into compressed files, each with its SHA-256 beside it, and back.
        A file is compared with the database line by line before anything is dropped. The platform may be running. A month that is not
        over, or that somebody still has to read (the relay, the sealer, a projection), stays, and the reason is said.
        Exit code: 0 done, 1 refused for a reason that is told, 2 it could not be done.

          --log <name>           only payments, wallets or sagas
          --connection <string>  this one database, with --log, instead of those in the data folder (PAYMENTS_DATA_DIR) or PAYMENTS_POSTGRES

        """;

    public static async Task<int> RunAsync(IReadOnlyList<string> given, CancellationToken cancel)
    {
        var arguments = new Arguments(given, ["--month", "--to", "--restore", "--log", "--connection"], []);
        var (month, folder, file) = (Month(arguments.Text("--month")), arguments.Text("--to"), arguments.Text("--restore"));
        if ((month is null) != (folder is null))
            throw new BadArgumentException("--month and --to go together.");
        if (file is not null && (month is not null || arguments.Text("--log") is null))
            throw new BadArgumentException("--restore goes with --log, and not with --month.");
        if (folder is not null && !Directory.Exists(folder))
            throw new BadArgumentException($"There is no folder {folder}.");

        await using var logs = await Logs.OpenAsync(arguments.Text("--connection"), arguments.Text("--log"), cancel);
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

    private static Month? Month(string? text)
    {
        try
        {
            return text is null ? null : EventStore.Partitions.Month.Parse(text);
        }
        catch (FormatException mistake)
        {
            throw new BadArgumentException($"--month: {mistake.Message}");
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
