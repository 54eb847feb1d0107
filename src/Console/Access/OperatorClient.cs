using System.Security.Claims;
using Microsoft.AspNetCore.Components.Authorization;
using Payments.Console.Gateway;

namespace Payments.Console.Access;

/// <summary>Asks and orders in the name of whoever has signed in: the gateway and the services see to what that person may do.</summary>
public sealed class OperatorClient(GatewayClient gateway, AuthenticationStateProvider authentication)
{
    /// <summary>What only this person may see, or what has no effect.</summary>
    public async Task<Answer<T>> GetAsync<T>(string path, CancellationToken cancel)
        where T : class => await gateway.GetAsync<T>(path, OperatorSession.TokenOf(await PersonAsync()), cancel);

    /// <summary>Orders something.</summary>
    /// <param name="idempotencyKey">The same again for the same order; null for what has no effect, or needs none.</param>
    /// <param name="approval">The order of somebody else that this, the same, approves.</param>
    public async Task<Answer<TAnswer>> PostAsync<TOrder, TAnswer>(
        string path, TOrder order, string? idempotencyKey, CancellationToken cancel, Guid? approval = null)
        where TAnswer : class =>
        await gateway.PostAsync<TOrder, TAnswer>(
            path, order, new(OperatorSession.TokenOf(await PersonAsync()), idempotencyKey, approval), cancel);

    private async Task<ClaimsPrincipal> PersonAsync() => (await authentication.GetAuthenticationStateAsync()).User;
}
