using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Payments.Contracts.Settings;
using Payments.Hosting;
using Payments.Operations.Invariants;
using Payments.ServiceDefaults.Configuration;

namespace Payments.Operations.Settings;

/// <summary>What every service shows of its settings; each adds its own with <see cref="ShowSettings"/>.</summary>
public static class SettingsRegistration
{
    /// <summary>Makes settings visible to operators. They must contain no secret.</summary>
    public static WebApplicationBuilder ShowSettings(
        this WebApplicationBuilder builder, string title, params IReadOnlyList<ShownSetting> settings)
    {
        builder.Services.AddSingleton(new ShownSettings(title, settings));
        return builder;
    }

    internal static void ShowSharedSettings(this WebApplicationBuilder builder)
    {
        var retries = MessagingRegistration.ReadRetryOptions(builder.Configuration);
        var kafka = MessagingRegistration.ReadKafkaOptions(builder.Configuration);
        builder.Services.AddSingleton(provider => new ProcessStart(provider.GetRequiredService<TimeProvider>().GetUtcNow()));
        var invariants = builder.Configuration.GetSection(InvariantOptions.Section).Get<InvariantOptions>() ?? new InvariantOptions();
        var limits = builder.Configuration.GetSection(LimitOptions.Section).Get<LimitOptions>() ?? new LimitOptions();
        builder.ShowSettings(
            "Retries of messages",
            ShownSetting.Of("Retries:TriesInPlace", retries.TriesInPlace),
            ShownSetting.Of("Retries:AttemptsMax", retries.AttemptsMax),
            ShownSetting.Of("Retries:FirstDelayMs", retries.FirstDelayMs),
            ShownSetting.Of("Retries:LongestDelayMs", retries.LongestDelayMs));
        builder.ShowSettings(
            "Broker",
            ShownSetting.Of("Kafka:Embedded", kafka.Embedded),
            new ShownSetting("Kafka:TopicPrefix", kafka.TopicPrefix.Length == 0 ? "none" : kafka.TopicPrefix),
            ShownSetting.Of("Kafka:LingerMs", kafka.LingerMs),
            ShownSetting.Of("Kafka:SessionTimeoutMs", kafka.SessionTimeoutMs),
            ShownSetting.Of("Kafka:PrefetchKbMax", kafka.PrefetchKbMax),
            ShownSetting.Of("Kafka:ReplicationFactor", kafka.ReplicationFactor),
            ShownSetting.Of("Kafka:MinInSyncReplicas", kafka.MinInSyncReplicas));
        builder.ShowSettings(
            "Invariants",
            ShownSetting.Of("Invariants:EveryMs", invariants.EveryMs),
            ShownSetting.Of("Invariants:GraceMs", invariants.GraceMs),
            ShownSetting.Of("Invariants:StalledMs", invariants.StalledMs),
            ShownSetting.Of("Invariants:LookTimeoutMs", invariants.LookTimeoutMs));
        builder.ShowSettings("Requests", ShownSetting.Of("Limits:RequestBodyBytesMax", limits.RequestBodyBytesMax));
    }
}
