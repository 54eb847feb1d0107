namespace Payments.EventStore.Searching;

/// <summary>Binary search over numbers, of which the first ones do not fit and all later ones do.</summary>
internal static class FirstWhere
{
    /// <summary>
    /// The first number greater than <paramref name="after"/> that fits; <paramref name="upTo"/> + 1 when none up to it does.
    /// </summary>
    public static async Task<long> FindAsync(long after, long upTo, Func<long, Task<bool>> fits)
    {
        var (low, high) = (after + 1, upTo + 1);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            (low, high) = await fits(middle) ? (low, middle) : (middle + 1, high);
        }

        return low;
    }
}
