using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Payments.ServiceDefaults.Configuration;

/// <summary>HTTP clients of the other services, with explicit limits on every wait.</summary>
public static class ServiceClients
{
    private static readonly TimeSpan TimeoutDefault = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The client named after a service (<c>IHttpClientFactory.CreateClient("wallet")</c>), its base address from
    /// <see cref="ServiceAddresses"/>; of several, one that can be reached. Chain <c>AddTypedClient&lt;T&gt;()</c> for a typed one.
    /// </summary>
    /// <param name="timeout">For the whole call; 10 s unless told. A long poll needs more than it asks to wait.</param>
    /// <param name="client">The client's own name, where a service has a client already.</param>
    public static IHttpClientBuilder AddServiceClient(
        this WebApplicationBuilder builder, string service, TimeSpan? timeout = null, string? client = null)
    {
        var address = builder.Configuration.ServiceAddress(service);
        var all = builder.Configuration.FindServiceAddresses(service);
        var registered = builder.Services
            .AddHttpClient(client ?? service, http =>
            {
                http.BaseAddress = address;
                http.Timeout = timeout ?? TimeoutDefault;
            })
            .UseSocketsHttpHandler((handler, _) =>
            {
                handler.ConnectTimeout = TimeSpan.FromSeconds(2);
                handler.PooledConnectionLifetime = TimeSpan.FromMinutes(5);   // Follows DNS; the factory need not rotate handlers.
                handler.PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1);
                handler.UseCookies = false;
                handler.AllowAutoRedirect = false;
            })
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .RemoveAllLoggers();   // Spans tell the same, at no cost when nobody listens.
        TimeSpan? silence = timeout is null ? SilenceMax : null;
        return all.Count > 1 ? registered.AddHttpMessageHandler(() => new InstancesHandler(all, silence)) : registered;
    }
}
