using Confluent.Kafka;
using Payments.Broker.Protocol;

namespace Payments.Broker.Network;

/// <summary>Reads a request's header and has the request answered by the one who knows it.</summary>
internal sealed class Dispatcher
{
    /// <summary>From this version on ApiVersions has the flexible form of the header, alone of all that are spoken here.</summary>
    private const short FlexibleApiVersions = 3;

    private readonly Dictionary<ApiKey, Api> _apis;

    public Dispatcher(IEnumerable<Api> apis) =>
        _apis = apis.Append(new(ApiKey.ApiVersions, 0, FlexibleApiVersions, AnswerApiVersions)).ToDictionary(api => api.Key);

    /// <summary>Writes the whole frame of the answer, or the beginning of one that has to wait: see <see cref="Finish"/>.</summary>
    /// <exception cref="MalformedRequestException">No answer is possible.</exception>
    public PendingAnswer? Answer(ReadOnlyMemory<byte> frame, string client, WireWriter answer)
    {
        var header = new WireReader(frame.Span);
        var key = (ApiKey)header.Int16();
        var version = header.Int16();
        var correlation = header.Int32();
        answer.Clear();
        answer.Int32(0); // The length, at the end.
        answer.Int32(correlation);

        if (!_apis.TryGetValue(key, out var api))
            throw new MalformedRequestException($"Request {(short)key} is not known here.");

        if (version < api.Oldest || version > api.Newest)
        {
            if (key is not ApiKey.ApiVersions)
                throw new MalformedRequestException($"Request {key} is not known here in version {version}.");

            // The one question that must be answered in any version: in the oldest, so that the client can ask again.
            WriteApiVersions(0, ErrorCode.UnsupportedVersion, answer);
            return Complete(null, answer);
        }

        var clientId = header.NullableText() ?? "";
        if (key is ApiKey.ApiVersions && version >= FlexibleApiVersions)
            header.SkipTags();
        return Complete(api.Handle(new(version, clientId, client, frame[^header.Left..]), answer), answer);
    }

    /// <summary>Writes an answer that had to wait, behind its beginning.</summary>
    public static void Finish(PendingAnswer pending, WireWriter answer)
    {
        pending.Write(answer);
        Complete(null, answer);
    }

    private static PendingAnswer? Complete(PendingAnswer? pending, WireWriter answer)
    {
        if (pending is null)
            answer.Int32At(0, answer.Length - sizeof(int));
        return pending;
    }

    private PendingAnswer? AnswerApiVersions(Request request, WireWriter answer)
    {
        WriteApiVersions(request.Version, ErrorCode.NoError, answer);
        return null;
    }

    private void WriteApiVersions(short version, ErrorCode error, WireWriter answer)
    {
        answer.Error(error);
        if (version >= FlexibleApiVersions)
            answer.UnsignedVarInt(_apis.Count + 1);
        else
            answer.Int32(_apis.Count);

        foreach (var api in _apis.Values)
        {
            answer.Int16((short)api.Key);
            answer.Int16(api.Oldest);
            answer.Int16(api.Newest);
            if (version >= FlexibleApiVersions)
                answer.UnsignedVarInt(0); // No tagged fields.
        }

        if (version >= 1)
            answer.Int32(0); // Throttle time.
        if (version >= FlexibleApiVersions)
            answer.UnsignedVarInt(0);
    }
}
