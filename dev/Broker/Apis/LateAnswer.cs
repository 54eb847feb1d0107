using Payments.Broker.Protocol;

namespace Payments.Broker.Apis;

/// <summary>For tests: an answer that is ready when the client has sent its next request, or has waited for some seconds.</summary>
internal sealed class LateAnswer : PendingAnswer
{
    private static readonly TimeSpan LateBy = TimeSpan.FromSeconds(5);

    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action<WireWriter> _write;
    private readonly ITimer _timeout;

    public LateAnswer(Action<WireWriter> write, TimeProvider clock)
    {
        _write = write;
        _timeout = clock.CreateTimer(answer => ((LateAnswer)answer!).HurryUp(), this, LateBy, Timeout.InfiniteTimeSpan);
    }

    public override Task Ready => _ready.Task;

    public override void HurryUp() => _ready.TrySetResult();

    public override void Write(WireWriter answer) => _write(answer);

    public override void Stop() => _timeout.Dispose();
}
