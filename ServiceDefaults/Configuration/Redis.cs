using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Payments.ServiceDefaults.Configuration;

/// <summary>
/// Redis, for copies and for what instances share to save work: never the only place of anything. It may be absent, and it may go away at
/// any moment; whoever uses it can do without.
/// </summary>
public sealed partial class Redis : IAsyncDisposable
{
    /// <summary>The name of its connection string; without one there is no Redis.</summary>
    public const string Name = "cache";

    private const int ConnectTimeoutMs = 1_000;
    private const int AnswerTimeoutMs = 250;

    private readonly Task<ConnectionMultiplexer>? _connecting;
    private readonly ILogger _log;

    internal Redis(ConfigurationOptions? options, ILogger log)
    {
        _log = log;
        _connecting = options is null ? null : ConnectAsync(options);
    }

    /// <summary>Whether there should be one.</summary>
    public bool IsConfigured => _connecting is not null;

    /// <summary>The database; null when there is none, or none at the moment. Never waits.</summary>
    public IDatabase? Database =>
        _connecting is { IsCompletedSuccessfully: true, Result: { IsConnected: true } multiplexer } ? multiplexer.GetDatabase() : null;

    public async ValueTask DisposeAsync()
    {
        if (_connecting is not null && await _connecting.ContinueWith(done => done.IsCompletedSuccessfully, TaskScheduler.Default))
        {
            (await _connecting).Dispose();
        }
    }

    // In the background: a Redis that is away does not hold up the start, and is found as soon as it is there.
    private Task<ConnectionMultiplexer> ConnectAsync(ConfigurationOptions options) => Task.Run(async () =>
    {
        options.AbortOnConnectFail = false;
        options.ConnectTimeout = ConnectTimeoutMs;
        options.SyncTimeout = AnswerTimeoutMs;
        try
        {
            return await ConnectionMultiplexer.ConnectAsync(options);
        }
        catch (RedisException trouble)
        {
            LogTrouble(_log, trouble.Message);
            throw;
        }
    });

    [LoggerMessage(
        EventId = 1008,
        Level = LogLevel.Error,
        Message = "ConnectionStrings:cache leads to no Redis, so there is none: {Reason}")]
    private static partial void LogTrouble(ILogger log, string reason);
}

public static class RedisRegistration
{
    /// <summary>Registers <see cref="Redis"/> for <c>ConnectionStrings:cache</c>. No health check: without it everything works.</summary>
    /// <exception cref="ArgumentException">The connection string is none.</exception>
    public static WebApplicationBuilder AddRedis(this WebApplicationBuilder builder)
    {
        var connectionString = builder.Configuration.GetConnectionString(Redis.Name);
        var options = string.IsNullOrWhiteSpace(connectionString) ? null : ConfigurationOptions.Parse(connectionString);
        builder.Services.TryAddSingleton(services => new Redis(options, services.GetRequiredService<ILogger<Redis>>()));
        return builder;
    }
}
