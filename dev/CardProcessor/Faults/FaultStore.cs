using Npgsql;

namespace Payments.CardProcessor.Faults;

/// <summary>The <see cref="FaultSettings"/> in force: in the database, so that they survive restarts and hold for all instances.</summary>
internal sealed class FaultStore(NpgsqlDataSource database, TimeProvider clock)
{
    private const string Columns = "version, down, latency_ms, decline_percent, timeout_after_effect_percent, error_percent, seed";

    // Another instance's change takes effect after this long at the latest; one's own at once.
    private static readonly TimeSpan BelievedFor = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private (long Version, FaultSettings Settings, DateTimeOffset ReadAt)? _known;

    public async ValueTask<FaultSettings> ReadAsync(CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        lock (_gate)
        {
            if (_known is { } known && now - known.ReadAt < BelievedFor)
            {
                return known.Settings;
            }
        }

        await using var command = database.CreateCommand($"select {Columns} from faults");
        return await LearnAsync(command, now, cancel);
    }

    public async Task<FaultSettings> WriteAsync(FaultSettings settings, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            "update faults set version = version + 1, down = $1, latency_ms = $2, decline_percent = $3, " +
            $"timeout_after_effect_percent = $4, error_percent = $5, seed = $6 returning {Columns}");
        command.Parameters.AddWithValue(settings.Down);
        command.Parameters.AddWithValue(settings.LatencyMs);
        command.Parameters.AddWithValue(settings.DeclinePercent);
        command.Parameters.AddWithValue(settings.TimeoutAfterEffectPercent);
        command.Parameters.AddWithValue(settings.ErrorPercent);
        command.Parameters.AddWithValue(settings.Seed);
        return await LearnAsync(command, clock.GetUtcNow(), cancel);
    }

    private async Task<FaultSettings> LearnAsync(NpgsqlCommand command, DateTimeOffset at, CancellationToken cancel)
    {
        await using var reader = await command.ExecuteReaderAsync(cancel);
        if (!await reader.ReadAsync(cancel))
        {
            throw new InvalidOperationException("The table faults has lost its one row.");
        }

        var version = reader.GetInt64(0);
        var settings = new FaultSettings(
            reader.GetBoolean(1), reader.GetInt32(2), reader.GetInt32(3), reader.GetInt32(4), reader.GetInt32(5), reader.GetInt64(6));
        lock (_gate)
        {
            // A read that was overtaken by a write knows less.
            if (_known is null || version >= _known.Value.Version)
            {
                _known = (version, settings, at);
            }

            return _known.Value.Settings;
        }
    }
}
