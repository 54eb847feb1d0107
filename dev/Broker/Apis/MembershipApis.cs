using Confluent.Kafka;
using Payments.Broker.Groups;
using Payments.Broker.Protocol;

namespace Payments.Broker.Apis;

/// <summary>Coming into groups, staying in them, and leaving.</summary>
internal sealed class MembershipApis(GroupCoordinator groups)
{
    public PendingAnswer? Join(Request request, WireWriter answer)
    {
        var version = request.Version;
        var reader = request.Reader;
        var group = reader.Text();
        var sessionTimeout = TimeSpan.FromMilliseconds(reader.Int32());
        var rebalanceTimeout = TimeSpan.FromMilliseconds(reader.Int32());
        var memberId = reader.Text();
        SkipInstance(version >= 5, ref reader);
        var protocolType = reader.Text();
        var protocols = new List<Groups.Protocol>();
        for (var left = reader.Count(); left > 0; left--)
            protocols.Add(new(reader.Text(), reader.Bytes().ToArray()));

        var takesIdFirst = version >= 4;
        var join = new JoinRequest(memberId, takesIdFirst, request.ClientId, sessionTimeout, rebalanceTimeout, protocolType, protocols);
        return WhenReady(
            group.Length == 0 ? Task.FromResult(new JoinResult(ErrorCode.InvalidGroupId, memberId)) : groups[group].Join(join),
            (result, to) => WriteJoined(version, result, to),
            answer);
    }

    public PendingAnswer? Sync(Request request, WireWriter answer)
    {
        var version = request.Version;
        var reader = request.Reader;
        var (group, generation, memberId) = ReadMember(version >= 3, ref reader);
        var assignments = new Dictionary<string, byte[]>();
        for (var left = reader.Count(); left > 0; left--)
            assignments[reader.Text()] = reader.Bytes().ToArray();

        return WhenReady(
            groups[group].Sync(memberId, generation, assignments),
            (result, to) =>
            {
                WriteError(version, result.Error, to);
                to.Bytes(result.Assignment);
            },
            answer);
    }

    public PendingAnswer? Heartbeat(Request request, WireWriter answer)
    {
        var version = request.Version;
        var reader = request.Reader;
        var (group, generation, memberId) = ReadMember(version >= 3, ref reader);
        WriteError(version, groups[group].Heartbeat(memberId, generation), answer);
        return null;
    }

    public PendingAnswer? Leave(Request request, WireWriter answer)
    {
        var version = request.Version;
        var reader = request.Reader;
        var group = groups[reader.Text()];
        if (version < 3)
        {
            WriteError(version, group.Leave(reader.Text()), answer);
            return null;
        }

        WriteError(version, ErrorCode.NoError, answer);
        var count = Math.Max(0, reader.Count());
        answer.Int32(count);
        for (var i = 0; i < count; i++)
        {
            var memberId = reader.Text();
            SkipInstance(true, ref reader);
            answer.Text(memberId);
            answer.NullableText(null);
            answer.Error(group.Leave(memberId));
        }

        return null;
    }

    private static (string Group, int Generation, string MemberId) ReadMember(bool hasInstance, ref WireReader reader)
    {
        var member = (reader.Text(), reader.Int32(), reader.Text());
        SkipInstance(hasInstance, ref reader);
        return member;
    }

    /// <summary>A static member's own id: it is treated as any other.</summary>
    private static void SkipInstance(bool hasInstance, ref WireReader reader)
    {
        if (hasInstance)
            reader.NullableText();
    }

    private static void WriteError(short version, ErrorCode error, WireWriter answer)
    {
        if (version >= 1)
            answer.Int32(0); // Throttle time.
        answer.Error(error);
    }

    private static void WriteJoined(short version, JoinResult result, WireWriter answer)
    {
        WriteError(version, result.Error, answer);
        answer.Int32(result.Generation);
        answer.Text(result.ProtocolName);
        answer.Text(result.Leader);
        answer.Text(result.MemberId);
        answer.Int32(result.Members.Count);
        foreach (var (id, metadata) in result.Members)
        {
            answer.Text(id);
            if (version >= 5)
                answer.NullableText(null);
            answer.Bytes(metadata);
        }
    }

    private static PendingAnswer<T>? WhenReady<T>(Task<T> result, Action<T, WireWriter> write, WireWriter answer)
    {
        if (!result.IsCompleted)
            return new(result, write);

        write(result.Result, answer);
        return null;
    }
}
