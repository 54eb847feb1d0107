using Microsoft.AspNetCore.Http.HttpResults;
using Payments.ServiceDefaults.Errors;

namespace Payments.Hosting;

/// <summary>Why a person does something, in their own words.</summary>
public static class Reason
{
    public const int LengthMin = 3;
    public const int LengthMax = 500;

    /// <summary>The reason as it is kept; or, when it says too little or too much, the answer that says so.</summary>
    public static bool TryRead(string? given, out string reason)
    {
        reason = given?.Trim() ?? "";
        return reason.Length is >= LengthMin and <= LengthMax && !reason.Any(char.IsControl);
    }

    public static ProblemHttpResult Invalid() =>
        Problems.Invalid("reason", $"Must be {LengthMin} to {LengthMax} characters without control characters.");
}
