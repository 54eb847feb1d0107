using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using Payments.Messaging.Topics;

namespace Payments.Hosting;

/// <summary>
/// <c>Kafka:PaymentEvents</c>: where the relay writes the payment events. Followed while the service runs, wherever the configuration
/// reloads: from a file it does.
/// </summary>
internal sealed partial class SplitSetting(IConfiguration configuration, SplitSwitch split, ILogger<SplitSetting> log) : IHostedService
{
    public const string Key = "Kafka:PaymentEvents";

    private IDisposable? _following;

    /// <exception cref="InvalidOperationException">It is none of the three.</exception>
    public static SplitPhase Read(IConfiguration configuration)
    {
        var text = configuration[Key];
        return text is null ? SplitPhase.Single
            : SplitSwitch.TryParse(text, out var phase) ? phase
            : throw new InvalidOperationException($"{Key} is '{text}', and must be single, dual or split. See docs/operations.md.");
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _following = ChangeToken.OnChange(configuration.GetReloadToken, Follow);
        Follow(); // It may have changed since it was read first.
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _following?.Dispose();
        return Task.CompletedTask;
    }

    private void Follow()
    {
        try
        {
            var (before, now) = (split.Phase, Read(configuration));
            if (before != now)
            {
                split.Phase = now;
                LogChanged(log, before, now);
            }
        }
        catch (InvalidOperationException wrong)
        {
            LogWrong(log, split.Phase, wrong.Message);
        }
    }

    [LoggerMessage(EventId = 160, Level = LogLevel.Information, Message = "Payment events: from {Before} to {Now}")]
    private static partial void LogChanged(ILogger log, SplitPhase before, SplitPhase now);

    [LoggerMessage(EventId = 161, Level = LogLevel.Error, Message = "Payment events stay {Phase}: {Reason}")]
    private static partial void LogWrong(ILogger log, SplitPhase phase, string reason);
}
