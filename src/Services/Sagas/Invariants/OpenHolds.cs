using System.Text.Json;
using System.Text.Json.Serialization;
using Payments.Operations.Invariants;
using Payments.ServiceDefaults.Callers;

namespace Payments.SagaService.Invariants;

/// <summary>An open hold, as the wallet service tells it.</summary>
internal sealed record WalletHold(Guid HoldId, Guid WalletId, Guid Operation, long Amount, string Currency, string Purpose)
{
    /// <summary>Made by a saga. A reservation was made through the API, and no saga knows of it.</summary>
    [JsonIgnore]
    public bool IsOfSaga => Purpose is "payment" or "refund";
}

/// <param name="Next">Absent on the last page.</param>
internal sealed record WalletHoldPage(IReadOnlyList<WalletHold> Items, Guid? Next = null);

/// <summary>Asks the wallet service for all open holds.</summary>
internal sealed class OpenHolds(IHttpClientFactory clients)
{
    public const string Service = "wallet";

    private const int PageSize = 500;

    /// <summary>As many as are listed in one look.</summary>
    private const int PagesMax = 40;

    /// <returns>The holds, and whether they are all.</returns>
    public async Task<(IReadOnlyList<WalletHold> Holds, bool AreAll)> ListAsync(CancellationToken cancel)
    {
        using var client = clients.CreateClient(Service);
        if (client.BaseAddress is null)
        {
            throw new CannotLookException("No address of the wallet service: set services:wallet:http:0.");
        }

        var holds = new List<WalletHold>();
        Guid? after = null;
        for (var pages = 0; pages < PagesMax; pages++)
        {
            var from = after is { } a ? $"&after={a}" : "";
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/admin/wallets/holds?limit={PageSize}{from}");
            request.Headers.Add(PlatformHeaders.OperatorRole, OperatorRoles.Viewer); // Among services there is no gateway to tell.
            using var response = await client.SendAsync(request, cancel);
            var json = await response.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync(cancel);
            var page = JsonSerializer.Deserialize(json, ReconcilingJson.Default.WalletHoldPage)!;
            holds.AddRange(page.Items);
            if (page.Next is null)
            {
                return (holds, true);
            }

            after = page.Next;
        }

        return (holds, false);
    }
}

/// <summary>An entry of the card processor's books.</summary>
/// <param name="Currency">Absent where the processor does not know it either.</param>
internal sealed record ProcessorOperation(
    string Key, string Kind, string Status, long Amount, DateTimeOffset At, long Sequence, string? Currency = null);

internal sealed record ProcessorPage(IReadOnlyList<ProcessorOperation> Items);

internal sealed record ProcessorTotals(long LastSequence, IReadOnlyList<ProcessorCurrency> Currencies);

internal sealed record ProcessorCurrency(string Currency, decimal Captured, decimal Refunded);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(WalletHoldPage))]
[JsonSerializable(typeof(ProcessorPage))]
[JsonSerializable(typeof(ProcessorTotals))]
internal sealed partial class ReconcilingJson : JsonSerializerContext;
