using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using Payments.Gateway.ApiKeys;
using Payments.ServiceDefaults.Errors;

namespace Payments.Gateway;

/// <summary>
/// <c>RateLimit:RequestsPerMinute</c> for each API client; without it no limit, and no middleware. A bucket of a minute's requests that
/// refills evenly.
/// </summary>
internal static class RateLimits
{
    private const string Setting = "RateLimit:RequestsPerMinute";

    public static void AddRateLimits(this WebApplicationBuilder builder)
    {
        if (builder.Configuration.GetValue<int?>(Setting) is not { } perMinute)
        {
            return;
        }

        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(perMinute, Setting);
        builder.Services.AddRateLimiter(options =>
        {
            options.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context => Partition(context, perMinute));
            options.OnRejected = RejectAsync;
        });
    }

    public static void UseRateLimits(this WebApplication app)
    {
        if (app.Configuration.GetValue<int?>(Setting) is not null)
        {
            app.UseRateLimiter();
        }
    }

    private static RateLimitPartition<string> Partition(HttpContext context, int perMinute) =>
        context.Features.Get<ApiClient>() is { Limited: true } client
            ? RateLimitPartition.GetTokenBucketLimiter(client.Id, _ => Bucket(perMinute))
            : RateLimitPartition.GetNoLimiter("");

    private static TokenBucketRateLimiterOptions Bucket(int perMinute) => new()
    {
        TokenLimit = perMinute,
        TokensPerPeriod = 1,
        ReplenishmentPeriod = TimeSpan.FromMinutes(1) / perMinute,
        QueueLimit = 0,
    };

    private static async ValueTask RejectAsync(OnRejectedContext rejected, CancellationToken cancellation)
    {
        var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : TimeSpan.FromSeconds(1);
        var seconds = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds));
        rejected.HttpContext.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        var problem = Problems.Refused(429, ProblemCodes.RateLimited, "Too many requests of this client; wait and try again.");
        await problem.ExecuteAsync(rejected.HttpContext);
    }
}
