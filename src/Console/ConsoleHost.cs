using System.Reflection;
using Payments.Console.Access;
using Payments.Console.DeadLetters;
using Payments.Console.Gateway;
using Payments.Console.Live;
using Payments.Console.Wallets;
using Payments.ServiceDefaults;
using Payments.ServiceDefaults.Configuration;
using Radzen;

namespace Payments.Console;

/// <summary>Builds the host; Program runs it alone, Standalone runs all hosts in one process.</summary>
public static class ConsoleHost
{
    private const string ManifestSuffix = ".staticwebassets.endpoints.json";

    // What a browser may send at once: the largest payload that Kafka takes, edited and escaped.
    private const long EditedPayloadMax = 4 * 1024 * 1024;

    private static readonly string Name = typeof(ConsoleHost).Assembly.GetName().Name!;

    /// <exception cref="InvalidOperationException">The gateway's address is missing (<c>services:gateway:http:0</c>).</exception>
    public static WebApplication Build(string[] args)
    {
        // Neither the working directory nor the program that hosts us decides where our pages and styles are found.
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions { Args = args, ApplicationName = Name, ContentRootPath = AppContext.BaseDirectory });
        builder.AddServiceDefaults(isOpenToTheWorld: true);
        builder.WebHost.UseStaticWebAssets();   // Of itself only in Development; published, it finds nothing and wwwroot serves.
        builder.AddServiceClient(GatewayClient.Service, timeout: GatewayClient.OrderWithin);
        builder.Services.AddSingleton<GatewayHealth>();
        builder.Services.AddSingleton<GatewayClient>();
        builder.Services.AddSingleton<LiveAnswers>();
        builder.Services.AddSingleton<DrawingTime>();
        builder.Services.AddScoped<Pulse>();
        builder.Services.AddSingleton<WalletOwners>();
        builder.Services.AddSingleton<LedgerReader>();
        builder.AddAccess();
        builder.Services.AddRadzenComponents();
        builder.Services.AddRazorComponents().AddInteractiveServerComponents()
            .AddHubOptions(hub => hub.MaximumReceiveMessageSize = EditedPayloadMax);

        var app = builder.Build();
        var manifest = FindManifest();
        app.MapServiceDefaults();
        app.UseMiddleware<BrowserHeaders>();
        app.MapAccess();
        app.MapExports();
        app.MapIncidents();
        app.UseAntiforgery();
        app.MapStaticAssets(manifest).AllowAnonymous();
        if (!app.Environment.IsDevelopment())
        {
            app.MapGet("/card-faults", () => Results.NotFound()).WithOrder(-1); // Before the page of that address: a deed for development.
        }

        app.MapRazorComponents<App>().AddInteractiveServerRenderMode().WithStaticAssets(manifest);
        return app;
    }

    // Built: ours, which lies beside every program that references us. Published: only that of the program, with the same addresses in it.
    private static string FindManifest()
    {
        string?[] programs = [Name, Assembly.GetEntryAssembly()?.GetName().Name];
        return programs.Select(program => program + ManifestSuffix)
            .FirstOrDefault(manifest => File.Exists(Path.Combine(AppContext.BaseDirectory, manifest)))
            ?? throw new InvalidOperationException($"There is no {Name}{ManifestSuffix} in {AppContext.BaseDirectory}: build again.");
    }
}
