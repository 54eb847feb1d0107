using Payments.EventStore.Contract;

namespace Payments.WalletService.Answers;

internal static class AnswersRegistration
{
    /// <summary>Puts <see cref="RecallingStore"/> before the service's store.</summary>
    public static void AddRecollections(this IServiceCollection services, Recollections recollections)
    {
        var store = services.Single(d => d.ServiceType == typeof(IEventStore) && !d.IsKeyedService);
        services.Remove(store);
        services.AddKeyedSingleton(nameof(RecallingStore), (provider, _) => (IEventStore)store.ImplementationFactory!(provider));
        services.AddSingleton(recollections);
        services.AddSingleton<IStoredResponses, AnswerTables>();
        services.AddSingleton<IEventStore>(provider => new RecallingStore(
            provider.GetRequiredKeyedService<IEventStore>(nameof(RecallingStore)),
            provider.GetRequiredService<IStoredResponses>(),
            recollections,
            provider.GetRequiredService<ILogger<RecallingStore>>()));
    }
}
