using System.Globalization;
using Payments.ServiceDefaults.Errors;

namespace Payments.PaymentService.Payments;

/// <summary>The <c>wait</c> of a long poll: <c>5s</c> or <c>500ms</c>.</summary>
internal static class WaitTime
{
    /// <summary>Below the time that the gateway allows a request.</summary>
    public static readonly TimeSpan Max = TimeSpan.FromSeconds(30);

    public static IResult Invalid => Problems.Invalid("wait", $"Must be a time such as 5s or 500ms, at most {Max.TotalSeconds:0}s.");

    public static bool TryParse(string? text, out TimeSpan wait)
    {
        wait = TimeSpan.Zero;
        if (text is null)
        {
            return true;
        }

        var (digits, unitMs) = text.EndsWith("ms", StringComparison.Ordinal) ? (text[..^2], 1)
            : text.EndsWith('s') ? (text[..^1], 1_000)
            : ("", 0);
        if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            || count * (long)unitMs > Max.TotalMilliseconds)
        {
            return false;
        }

        wait = TimeSpan.FromMilliseconds(count * unitMs);
        return true;
    }
}
