using System.Globalization;
using Microsoft.AspNetCore.Http;
using Payments.ServiceDefaults.Errors;

namespace Payments.Hosting;

/// <summary>The <c>limit</c> of a page.</summary>
public static class PageLimit
{
    public static bool TryParse(string? text, int countDefault, int countMax, out int limit)
    {
        limit = countDefault;
        return text is null
            || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit >= 1 && limit <= countMax);
    }

    public static IResult Invalid(int countMax) => Problems.Invalid("limit", $"Must be a whole number from 1 to {countMax}.");
}
