using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Payments.Contracts.Events;
using Payments.Messaging.Envelope;
using Payments.Operations.History;
using Payments.ServiceDefaults.Configuration;

namespace Payments.Messaging.DeadLetters.Incidents;

/// <summary>What the other services know of a correlation, as far as their addresses are known here.</summary>
internal sealed class OtherHistories(IHttpClientFactory clients, IReadOnlyList<(string Service, bool IsKnown)> others)
{
    /// <summary>The services by the names of their logs.</summary>
    private static readonly (string Log, string Service)[] All = [("payments", "payment"), ("wallets", "wallet"), ("sagas", "saga")];

    public static void Add(WebApplicationBuilder builder, string ownLog)
    {
        var others = All.Where(one => one.Log != ownLog)
            .Select(one => (one.Service, IsKnown: builder.Configuration.FindServiceAddresses(one.Service).Count > 0)).ToList();
        foreach (var (service, _) in others.Where(other => other.IsKnown))
        {
            builder.AddServiceClient(service, client: ClientOf(service));
        }

        builder.Services.AddHttpClient(); // Where none of them is known there is no client yet.
        builder.Services.AddSingleton(provider => new OtherHistories(provider.GetRequiredService<IHttpClientFactory>(), others));
    }

    /// <returns>All events, no effect before its cause; and what could not be had, one sentence each.</returns>
    public async Task<(IReadOnlyList<HistoryEvent> Events, IReadOnlyList<string> Missing)> AskAsync(
        Guid correlation, IReadOnlyList<HistoryEvent> own, CancellationToken cancel)
    {
        var answers = await Task.WhenAll(others.Select(async other => (other.Service, Found: await AskAsync(other, correlation, cancel))));
        return (
            CausalOrder.Sort([.. own, .. answers.SelectMany(a => a.Found.Events ?? [])]),
            [.. answers.Where(a => a.Found.Events is null).Select(a => $"The history of the {a.Service} service: {a.Found.Reason}")]);
    }

    /// <summary>The data of a message as the service that sent it has it in its log; null when that cannot be had.</summary>
    public async Task<byte[]?> FindInSourceAsync(MessageHeaders headers, CancellationToken cancel)
    {
        var sender = All.SingleOrDefault(one => one.Log == headers.Source).Service;
        if (others.SingleOrDefault(other => other.Service == sender) is not { Service: not null } known)
        {
            return null;
        }

        var (events, _) = await AskAsync(known, headers.Correlation, cancel);
        return events?.FirstOrDefault(e => e.EventId == headers.Id && e.Type == headers.Type) is { } sent
            ? Encoding.UTF8.GetBytes(sent.Data.GetRawText())
            : null;
    }

    private async Task<(List<HistoryEvent>? Events, string? Reason)> AskAsync(
        (string Service, bool IsKnown) other, Guid correlation, CancellationToken cancel)
    {
        if (!other.IsKnown)
        {
            return (null, "its address is not configured here.");
        }

        try
        {
            return (await clients.CreateClient(ClientOf(other.Service)).GetFromJsonAsync(
                new Uri($"/internal/history/{correlation}", UriKind.Relative), HistoryJson.Default.ListHistoryEvent, cancel), null);
        }
        catch (Exception away) when (away is HttpRequestException or JsonException
            || (away is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return (null, "it does not answer.");
        }
    }

    private static string ClientOf(string service) => $"history-of-{service}";
}
