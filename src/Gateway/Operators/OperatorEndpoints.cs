using System.Globalization;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Payments.Gateway.Proxying;
using Payments.ServiceDefaults.Callers;
using Payments.ServiceDefaults.Clocks;
using Payments.ServiceDefaults.Configuration;
using Payments.ServiceDefaults.Errors;

namespace Payments.Gateway.Operators;

/// <summary>The operators' accounts: sign-in for all, the rest for admins.</summary>
internal static class OperatorEndpoints
{
    private const int PageDefault = 50;
    private const int PageMax = 500;
    private const int ConnectWithinSeconds = 3;

    /// <summary>Without a database of operators nobody can sign in; API keys work all the same.</summary>
    public static void AddOperators(this WebApplicationBuilder builder)
    {
        if (!AreConfigured(builder.Configuration))
        {
            builder.Services.AddSingleton(new SignedIn(null));
            return;
        }

        builder.AddPostgres(
            OperatorOptions.Database,
            source => source.ConnectionStringBuilder.Timeout = Math.Min(source.ConnectionStringBuilder.Timeout, ConnectWithinSeconds),
            HealthStatus.Degraded); // Payments go on without it, so a load balancer must not take the gateway out.
        builder.AddDatabaseClock(waits: false); // Locks, sessions and the trail; API keys work without.
        builder.Services.Insert(0, ServiceDescriptor.Singleton<IExceptionHandler, OperatorsAway>()); // Asked before the one for everything.
        builder.Services.AddSingleton(
            provider => ActivatorUtilities.CreateInstance<DatabaseSchema>(provider, typeof(OperatorEndpoints).Assembly));
        builder.Services.AddSingleton(OperatorOptions.From(builder.Configuration));
        builder.Services.AddSingleton<OperatorStore>();
        builder.Services.AddSingleton<AccessTrail>();
        if (ProxyRoutes.HasCards(builder.Configuration, builder.Environment))
        {
            builder.Services.AddSingleton<CardFaultTrail>();
        }

        builder.Services.AddSingleton<Sessions>();
        builder.Services.AddSingleton<Passwords>();
        builder.Services.AddSingleton<SignIn>();
        builder.Services.AddSingleton<OpenIdSignIn>();
        builder.Services.AddSingleton(provider => new SignedIn(provider.GetRequiredService<Sessions>()));
        builder.Services.AddSingleton<FirstAdminNotice>();
        builder.Services.AddSingleton<FirstAdmin>();
        builder.Services.AddHostedService<OperatorsDatabase>();
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, OperatorJson.Default));
    }

    public static void MapOperators(this WebApplication app)
    {
        if (!AreConfigured(app.Configuration))
        {
            return;
        }

        var own = app.MapGroup("/api/operators");
        own.MapPost("/sign-in", SignIn.WithPassword);
        own.MapPost("/sign-in/open-id", OpenIdSignIn.Handle);
        own.MapPost("/sign-out", SignIn.Out).RequireSession();
        own.MapGet("/me", SignIn.Me).RequireSession();
        own.MapPost("/me/password", SignIn.ChangePassword).RequireSession();

        var admin = app.MapGroup("/api/admin/operators");
        admin.MapGet("/", ManageOperators.List).RequireRole(OperatorRole.Viewer);
        admin.MapPost("/", ManageOperators.Create).RequireRole(OperatorRole.Admin);
        admin.MapPost("/{name}/role", ManageOperators.SetRole).RequireRole(OperatorRole.Admin);
        admin.MapPost("/{name}/disable", ManageOperators.Disable).RequireRole(OperatorRole.Admin);
        admin.MapPost("/{name}/enable", ManageOperators.Enable).RequireRole(OperatorRole.Admin);
        admin.MapPost("/{name}/reset-password", ManageOperators.ResetPassword).RequireRole(OperatorRole.Admin);
        admin.MapGet("/audit", AuditAsync).RequireRole(OperatorRole.Viewer);
        admin.MapGet("/audit/verify", async (AccessTrail trail, CancellationToken cancel) =>
            Results.Json(await trail.VerifyAsync(cancel), OperatorJson.Default.TrailVerdict)).RequireRole(OperatorRole.Viewer);
    }

    private static bool AreConfigured(IConfiguration configuration) =>
        !string.IsNullOrEmpty(configuration.GetConnectionString(OperatorOptions.Database));

    private static async Task<IResult> AuditAsync(
        string? by,
        string? act,
        string? subject,
        DateTimeOffset? from,
        DateTimeOffset? until,
        long? before,
        string? limit,
        AccessTrail trail,
        CancellationToken cancel)
    {
        var countMax = PageDefault;
        return limit is not null
            && (!int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out countMax) || countMax is < 1 or > PageMax)
            ? Problems.Invalid("limit", $"Must be a whole number from 1 to {PageMax}.")
            : Results.Json(
                await trail.PageAsync(by, act, subject, from, until, before, countMax, cancel), OperatorJson.Default.ActPage);
    }
}
