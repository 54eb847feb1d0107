using Payments.CardProcessor.Api;
using Payments.ServiceDefaults.Errors;

namespace Payments.CardProcessor.Faults;

/// <summary><c>/admin/faults</c>: what goes wrong for all. There only where fault controls are on.</summary>
internal static class FaultEndpoints
{
    public static void MapFaults(this WebApplication app)
    {
        var admin = app.MapGroup("/admin/faults").WithTags("Faults");
        admin.MapGet("/", Get).WithName("getFaults").WithSummary("What goes wrong for all.").Produces<FaultSettings>();
        admin.MapPut("/", Put).WithName("setFaults").WithSummary("Sets all of it; what is left out is off.")
            .Produces<FaultSettings>().ProducesProblem(400);
        admin.MapPost("/", Put).WithName("postFaults").WithSummary("The same as PUT, for clients that only post.")
            .Produces<FaultSettings>().ProducesProblem(400);
        admin.MapDelete("/", Delete).WithName("clearFaults").WithSummary("Nothing goes wrong any more.").Produces<FaultSettings>();
    }

    private static async Task<IResult> Get(FaultStore store, CancellationToken cancel) => Show(await store.ReadAsync(cancel));

    private static async Task<IResult> Put(FaultSettings settings, FaultStore store, CancellationToken cancel) =>
        settings.Problems() is { Count: > 0 } problems ? Problems.Invalid(problems) : Show(await store.WriteAsync(settings, cancel));

    private static async Task<IResult> Delete(FaultStore store, CancellationToken cancel) =>
        Show(await store.WriteAsync(FaultSettings.None, cancel));

    private static IResult Show(FaultSettings settings) => Results.Json(settings, ProcessorJson.Default.FaultSettings);
}
