namespace Payments.Gateway.Docs;

/// <summary>The readable API page: three files of our own render <c>/openapi/v1.json</c> in the browser, with nothing foreign.</summary>
internal static class DocsPage
{
    private const string OwnFilesOnly =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static void MapDocs(this WebApplication app)
    {
        app.MapGet("/", () => TypedResults.Redirect("/docs"));
        app.MapFile("/docs", "docs.html", "text/html; charset=utf-8");
        app.MapFile("/docs/docs.css", "docs.css", "text/css; charset=utf-8");
        app.MapFile("/docs/docs.js", "docs.js", "text/javascript; charset=utf-8");
    }

    private static void MapFile(this WebApplication app, string path, string name, string type)
    {
        using var resource = typeof(DocsPage).Assembly.GetManifestResourceStream($"Payments.Gateway.Docs.{name}")
            ?? throw new InvalidOperationException($"{name} is not embedded.");
        var bytes = new byte[resource.Length];
        resource.ReadExactly(bytes);
        app.MapGet(path, (HttpContext context) =>
        {
            context.Response.Headers.ContentSecurityPolicy = OwnFilesOnly;
            context.Response.Headers.CacheControl = "no-cache";
            return TypedResults.Bytes(bytes, type);
        });
    }
}
