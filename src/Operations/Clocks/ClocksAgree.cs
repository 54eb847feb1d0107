using System.Globalization;
using Npgsql;
using Payments.Operations.Invariants;
using Payments.ServiceDefaults.Clocks;

namespace Payments.Operations.Clocks;

/// <summary>The clocks of all instances agree with the database's, and the log's time is not ahead of it.</summary>
public sealed class ClocksAgree(NpgsqlDataSource database)
{
    public const string Name = "clocks-agree";

    // An instance writes every five seconds while its clock is off.
    private const string Off =
        "select instance, skew_ms from instance_clocks where seen_at > clock_timestamp() - interval '30 seconds' order by instance";

    public Invariant Invariant => new()
    {
        Name = Name,
        Meaning = $"The clock of every instance is within {ClockLimits.Tolerated.TotalSeconds:0} s of the database's, " +
            "and the log's time is not ahead of it.",
        Grace = TimeSpan.Zero, // What is written down has been measured, and beyond doubt.
        Check = CheckAsync,
    };

    internal static string LogAhead(TimeSpan ahead) => string.Create(
        CultureInfo.InvariantCulture,
        $"The log's time is {ahead.TotalSeconds:0} s ahead of the database's: until then events are recorded at that moment.");

    /// <summary>How far the moment of the last append is ahead of the database's time.</summary>
    internal static async Task<TimeSpan> LogAheadAsync(NpgsqlDataSource database, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            "select (extract(epoch from greatest(recorded_at - clock_timestamp(), interval '0')) * 1000)::bigint from log_head");
        return TimeSpan.FromMilliseconds((long)(await command.ExecuteScalarAsync(cancel))!);
    }

    private async Task<Seen> CheckAsync(Look look, CancellationToken cancel)
    {
        var findings = new List<Finding>();
        await using (var command = database.CreateCommand(Off))
        await using (var reader = await command.ExecuteReaderAsync(cancel))
        {
            while (await reader.ReadAsync(cancel))
            {
                var (instance, skew) = (reader.GetString(0), TimeSpan.FromMilliseconds(reader.GetInt64(1)));
                findings.Add(new Finding(
                    instance,
                    $"The clock of instance {instance} is {ClockLimits.Words(skew)}." +
                    (skew.Duration() > ClockLimits.TakesPart ? " It takes no part until its clock is right." : ""),
                    null));
            }
        }

        if (await LogAheadAsync(database, cancel) is var ahead && ahead > ClockLimits.Tolerated)
        {
            findings.Add(new Finding("log", LogAhead(ahead), null));
        }

        return new Seen(findings.Count, findings);
    }
}
