using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Payments.Operations.Consumers;

/// <summary>What a service needs to tell how its consumer stands.</summary>
internal static class ConsumerRegistration
{
    public static void AddConsumers(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ConsumerQueries>();
        builder.Services.AddSingleton<ConsumerControl>();
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, ConsumerJson.Default));
    }
}
