using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Payments.ServiceDefaults.Errors;

namespace Payments.WalletService.Ledger;

/// <summary>Where the next page of a statement begins, and where the statement ends: all its pages are of one period.</summary>
/// <param name="AfterVersion">The last entry of the page before.</param>
/// <param name="Until">Null: the cursor is an entry's version only.</param>
internal readonly record struct StatementCursor(long AfterVersion, DateTimeOffset? Until)
{
    private const char Separator = '-';

    public static ProblemHttpResult Invalid => Problems.Invalid("after", "Must be the next of the page before.");

    public static bool TryParse(string? text, out StatementCursor cursor)
    {
        cursor = default;
        var parts = text?.Split(Separator) ?? ["0"];
        if (parts.Length > 2
            || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var after))
        {
            return false;
        }

        if (parts.Length == 1)
        {
            cursor = new(after, null);
            return true;
        }

        if (!long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var micros)
            || micros > (DateTimeOffset.MaxValue - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond)
        {
            return false;
        }

        cursor = new(after, DateTimeOffset.UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond));
        return true;
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{AfterVersion}{Separator}{(Until!.Value - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond}");
}
