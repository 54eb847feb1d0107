using Microsoft.AspNetCore.Http.HttpResults;
using Scalar.AspNetCore;

namespace Payments.Gateway.OpenApi;

/// <summary>The readable API page at <c>/docs</c>, drawn by Scalar from <c>/openapi/v1.json</c>; its script comes along.</summary>
internal static class ApiPage
{
    public static void MapApiPage(this WebApplication app)
    {
        app.MapGet("/", () => TypedResults.Redirect("/docs"));
        app.MapScalarApiReference("/docs", options => options
                .WithTitle("Payments API")
                .WithNonce()
                .DisableDefaultFonts()
                .DisableTelemetry()
                .DisableAgent()
                .DisableMcp()
                .HideDeveloperTools()
                .HideClientButton()
                .WithOperationTitleSource(OperationTitleSource.Path))
            .AddEndpointFilter(async (context, next) =>
            {
                var result = await next(context);
                if (result is not ContentHttpResult page)
                {
                    return result;   // One of its scripts.
                }

                // Scripts are its own; styles it makes while it runs. It talks to the gateway and to nobody else.
                var nonce = context.HttpContext.Items[ScalarOptions.NonceHttpContextItemKey];
                context.HttpContext.Response.Headers.ContentSecurityPolicy =
                    $"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'unsafe-inline'; connect-src 'self'; img-src 'self' data:; "
                    + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

                // Screen readers need the language (WCAG 3.1.1), which Scalar leaves out.
                var html = page.ResponseContent!.Replace("<html>", "<html lang=\"en\">", StringComparison.Ordinal);
                return TypedResults.Content(html, page.ContentType);
            });
    }
}
