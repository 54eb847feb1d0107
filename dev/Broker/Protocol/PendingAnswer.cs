namespace Payments.Broker.Protocol;

/// <summary>An answer that waits for something: messages, the other members of a group, or the end of a wait.</summary>
internal abstract class PendingAnswer
{
    /// <summary>Done when the answer can be written.</summary>
    public abstract Task Ready { get; }

    /// <summary>
    /// The connection has sent its next request, or is gone. Kafka answers in order, so whatever is sent behind a request that only waits
    /// would wait as well: a wait that can be ended ends now.
    /// </summary>
    public virtual void HurryUp()
    {
    }

    /// <summary>Writes the answer; at most once, when it is ready.</summary>
    public abstract void Write(WireWriter answer);

    /// <summary>Lets go of what it waited for. Always called, once.</summary>
    public virtual void Stop()
    {
    }
}

/// <summary>An answer whose content a task brings.</summary>
internal sealed class PendingAnswer<T>(Task<T> result, Action<T, WireWriter> write) : PendingAnswer
{
    public override Task Ready => result;

    public override void Write(WireWriter answer) => write(result.Result, answer);
}
