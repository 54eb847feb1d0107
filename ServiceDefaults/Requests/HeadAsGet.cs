using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Payments.ServiceDefaults.Requests;

/// <summary>
/// HEAD wherever GET is, with the same status and headers (RFC 9110, 9.1 and 9.3.2). Routes, roles and scopes see a GET; the server knows
/// what was asked, and sends no body. A start-up filter, because routing is the first thing in the pipeline.
/// </summary>
internal sealed class HeadAsGet : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use((context, following) =>
        {
            if (HttpMethods.IsHead(context.Request.Method))
            {
                context.Request.Method = HttpMethods.Get;
            }

            return following(context);
        });
        next(app);
    };
}
