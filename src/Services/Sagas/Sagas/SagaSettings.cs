using Payments.Contracts.Settings;
using Payments.Domain.Sagas;
using Payments.Operations.Settings;
using Payments.SagaService.Cards;

namespace Payments.SagaService.Sagas;

/// <summary>What operators see of this service's own settings.</summary>
internal static class SagaSettings
{
    public static void ShowSagaSettings(this WebApplicationBuilder builder, SagaTimeouts timeouts)
    {
        var card = CardStepOptions.From(builder.Configuration);
        builder.ShowSettings(
            "Waits of sagas",
            ShownSetting.Of("Sagas:Timeouts:HoldMs", timeouts.Hold.TotalMilliseconds),
            ShownSetting.Of("Sagas:Timeouts:WalletMs", timeouts.Wallet.TotalMilliseconds),
            ShownSetting.Of("Sagas:Timeouts:AuthoriseMs", timeouts.Authorise.TotalMilliseconds),
            ShownSetting.Of("Sagas:Timeouts:CardMs", timeouts.Card.TotalMilliseconds),
            ShownSetting.Of("Sagas:Timeouts:RefusalPauseMs", timeouts.RefusalPause.TotalMilliseconds));
        builder.ShowSettings(
            "Card step",
            ShownSetting.Of("CardStep:TimeoutMs", card.TimeoutMs),
            ShownSetting.Of("CardStep:CallMs", card.CallMs),
            ShownSetting.Of("CardStep:LeaseMs", card.LeaseMs),
            ShownSetting.Of("CardStep:MaxConcurrency", card.MaxConcurrency),
            ShownSetting.Of("CardStep:RetriesMax", card.RetriesMax),
            ShownSetting.Of("CardStep:RetryBaseMs", card.RetryBaseMs),
            ShownSetting.Of("CardStep:RetryLongestMs", card.RetryLongestMs),
            ShownSetting.Of("CardStep:BreakerFailures", card.BreakerFailures),
            ShownSetting.Of("CardStep:BreakerOpenMs", card.BreakerOpenMs));
    }
}
