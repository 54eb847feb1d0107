using System.Text.Json;
using System.Text.Json.Serialization;
using Payments.Operations.Invariants;

namespace Payments.SagaService.Invariants;

/// <summary>What a wallet did for an operation, as the wallet service tells it.</summary>
internal sealed record WalletMovement(
    long Position, Guid EventId, Guid WalletId, long Version, string Act, Guid Operation, long Amount, string Currency, Guid? Other = null)
{
    [JsonIgnore]
    public EventReference Event => new($"wallet/{WalletId}", Version, Position, EventId);
}

/// <param name="ReadTo">All movements up to this position of the wallets' log are in this page or those before.</param>
internal sealed record WalletMovementPage(IReadOnlyList<WalletMovement> Items, long ReadTo);

/// <param name="Total">By the account, in minor units; negative: credited, and not captured yet.</param>
/// <param name="Asked">By the ledger, of the operations that were asked about, at the same moment.</param>
internal sealed record WalletSuspense(string Currency, decimal Total, decimal Asked);

/// <summary>Asks the wallet service what money did there.</summary>
internal sealed class WalletMovements(IHttpClientFactory clients)
{
    public const int PageSize = 5_000;

    public async Task<WalletMovementPage> AfterAsync(long position, int limit, CancellationToken cancel) => JsonSerializer.Deserialize(
        await SendAsync(new(HttpMethod.Get, $"/internal/movements?after={position}&limit={limit}"), cancel),
        MovementsJson.Default.WalletMovementPage)!;

    public async Task<IReadOnlyList<WalletSuspense>> SuspenseAsync(Guid[] operations, CancellationToken cancel)
    {
        var body = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(operations, MovementsJson.Default.GuidArray))
        {
            Headers = { ContentType = new("application/json") },
        };
        return JsonSerializer.Deserialize(
            await SendAsync(new(HttpMethod.Post, "/internal/suspense") { Content = body }, cancel),
            MovementsJson.Default.IReadOnlyListWalletSuspense)!;
    }

    private async Task<byte[]> SendAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        using (request)
        {
            using var client = clients.CreateClient(OpenHolds.Service);
            if (client.BaseAddress is null)
            {
                throw new CannotLookException("No address of the wallet service: set services:wallet:http:0.");
            }

            using var response = await client.SendAsync(request, cancel);
            return await response.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync(cancel);
        }
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(WalletMovementPage))]
[JsonSerializable(typeof(IReadOnlyList<WalletSuspense>))]
[JsonSerializable(typeof(Guid[]))]
internal sealed partial class MovementsJson : JsonSerializerContext;
