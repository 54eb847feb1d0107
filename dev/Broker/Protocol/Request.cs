namespace Payments.Broker.Protocol;

/// <summary>One request without its header.</summary>
/// <param name="ClientHost">The client's address, for the group's members.</param>
/// <param name="Body">Valid until the answer is written or waited for.</param>
internal readonly record struct Request(short Version, string ClientId, string ClientHost, ReadOnlyMemory<byte> Body)
{
    public WireReader Reader => new(Body.Span);
}

/// <summary>Reads a request and writes the answer to it, all but the header.</summary>
/// <returns>Nothing if the answer is written; else the answer that has to wait.</returns>
internal delegate PendingAnswer? Handler(Request request, WireWriter answer);

/// <summary>A request that is answered, the versions of it, and how.</summary>
internal sealed record Api(ApiKey Key, short Oldest, short Newest, Handler Handle);
