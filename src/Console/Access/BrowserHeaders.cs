namespace Payments.Console.Access;

/// <summary>
/// The console is shown in no other page, and tells none where its reader comes from. After the OWASP secure headers project.
/// </summary>
internal sealed class BrowserHeaders(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers.ContentSecurityPolicy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
            + "object-src 'none'; base-uri 'self'; frame-ancestors 'none'";
        return next(context);
    }
}
