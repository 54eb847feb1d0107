using Microsoft.Extensions.Hosting;
using Payments.EventStore.Contract;
using Payments.EventStore.Postgres;

namespace Payments.Hosting;

/// <summary>
/// Ends the process when a bug has ended the loop that every append goes through: alive, it would only refuse all work, and a supervisor
/// would see nothing of it.
/// </summary>
internal sealed class AppendWatch(IEventStore store) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (store is PostgresEventStore { Fault: var fault })
        {
            await Task.WhenAny(fault, Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stoppingToken));
            if (fault.IsFaulted)
            {
                await fault;
            }
        }
    }
}
