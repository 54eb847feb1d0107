using System.Data;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using Payments.EventStore.Contract;
using static System.FormattableString;

namespace Payments.EventStore.Sealing.Proving;

/// <summary>Makes proofs of inclusion from a sealed log.</summary>
public sealed class ProofMaker(NpgsqlDataSource database)
{
    private const int LaterSealsMax = 1_000_000;

    /// <param name="upTo">The number of the seal that the proof is to lead to; null for that of the event's own interval.</param>
    /// <returns>Null when the log has no such event.</returns>
    /// <exception cref="NoProofException">There is none for this event; the message says why.</exception>
    public async Task<InclusionProof?> MakeAsync(EventAddress address, long? upTo, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var moment = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancel);
        if (await PositionOfAsync(connection, address, cancel) is not { } position)
        {
            return null;
        }

        var seal = await SealTable.OfPositionAsync(connection, position, cancel)
            ?? throw new NoProofException(Invariant(
                $"The event at position {position} is not sealed yet: try again in a moment, while the platform runs."));
        var events = await ReadAsync(connection, seal, cancel);
        var proven = events.Find(e => e.Position == position)!;
        var ofStream = events.Where(e => e.Stream == proven.Stream).ToList();
        var lasts = events.GroupBy(e => e.Stream).Select(g => g.Last());
        var heads = MerkleTree.Ordered(lasts.Select(e => new ChainHead(e.Stream, e.Version, seal.HashAt(e.Position)!)));
        var path = MerkleTree.Path(heads, heads.FindIndex(h => h.Stream == proven.Stream));
        var later = upTo is { } number && number > seal.Number ? await LaterAsync(connection, seal.Number, number, cancel) : [];

        var proof = new InclusionProof(
            InclusionProof.Kind,
            Described(proven.Event),
            Hex(await ChainBeforeAsync(connection, seal, ofStream, proven, cancel)),
            [.. ofStream.Where(e => e.Version > proven.Version).Select(e => Hex(e.Digest))],
            [.. path.Select(step => new PathStep(step.IsLeft, Hex(step.Hash)))],
            Interval(seal),
            Hex(seal.PreviousSeal),
            Hex(seal.Value),
            later);
        return ProofVerifier.Check(proof, noted: null) is { Holds: false } verdict
            ? throw new NoProofException($"The log is not as it was sealed: ./payments verify says more. ({verdict.Why})")
            : proof;
    }

    private static async Task<long?> PositionOfAsync(NpgsqlConnection connection, EventAddress address, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand { Connection = connection };
        switch (address)
        {
            case EventAddress.AtPosition at:
                command.CommandText = "select position from events where position = $1";
                command.Parameters.AddWithValue(at.Position);
                break;
            case EventAddress.InStream inStream:
                command.CommandText = "select position from events where stream_id = $1 and stream_version = $2";
                command.Parameters.AddWithValue(inStream.Stream.ToString());
                command.Parameters.AddWithValue(inStream.Version);
                break;
            case EventAddress.WithId withId:
                // No index has it: the log is read through. A proof is asked for rarely.
                command.CommandText = "select position from events where event_id = $1 order by position limit 1";
                command.Parameters.AddWithValue(withId.EventId);
                break;
        }

        return (long?)await command.ExecuteScalarAsync(cancel);
    }

    private static async Task<List<Member>> ReadAsync(NpgsqlConnection connection, Seal seal, CancellationToken cancel)
    {
        var events = new List<Member>();
        await foreach (var e in LogRows.ReadAsync(connection, seal.FirstPosition - 1, seal.LastPosition, cancel))
        {
            events.Add(new Member(e.Position, e.Stream, e.Version, SealHash.OfEvent(e), new CanonicalEvent(e.Bytes.ToArray())));
        }

        return events.Count == seal.LastPosition - seal.FirstPosition + 1
            ? events
            : throw new NoProofException(
                Invariant($"The interval from {seal.FirstPosition} to {seal.LastPosition} is not complete in the log: ") +
                "part of it is archived, or gone.");
    }

    private static async Task<byte[]> ChainBeforeAsync(
        NpgsqlConnection connection, Seal seal, List<Member> ofStream, Member proven, CancellationToken cancel)
    {
        if (proven.Version == 1)
        {
            return SealHash.ChainStart(proven.Stream);
        }

        if (ofStream.Find(e => e.Version == proven.Version - 1) is { } before)
        {
            return seal.HashAt(before.Position)!;
        }

        var heads = await SealTable.ChainsAtAsync(connection, [(proven.Stream, proven.Version - 1)], cancel);
        return heads is [var head, ..] ? head.Hash : throw new NoProofException("The event before it in its stream is not in the log.");
    }

    private static async Task<List<LaterSeal>> LaterAsync(NpgsqlConnection connection, long after, long upTo, CancellationToken cancel)
    {
        if (upTo - after > LaterSealsMax)
        {
            throw new NoProofException(Invariant($"There are more than {LaterSealsMax} seals between the event and seal {upTo}."));
        }

        var later = new List<LaterSeal>();
        while (after < upTo)
        {
            var seals = await SealTable.AfterAsync(connection, after, (int)Math.Min(64, upTo - after), cancel);
            if (seals.Count == 0)
            {
                throw new NoProofException(Invariant($"There is no seal {upTo}; the newest is {after}."));
            }

            later.AddRange(seals.Select(seal => new LaterSeal(Interval(seal), Hex(seal.MerkleRoot))));
            after = seals[^1].Number;
        }

        return later;
    }

    private static SealedInterval Interval(Seal seal) =>
        new(seal.Number, seal.FirstPosition, seal.LastPosition, Hex(SHA256.HashData(seal.EventHashes)), seal.SealedAt);

    private static ProvenEvent Described(CanonicalEvent canonical)
    {
        var e = canonical.ToStored();
        return new ProvenEvent(
            e.Position, e.Stream.ToString(), e.StreamVersion, e.EventId, e.Type, e.SchemaVersion, Encoding.UTF8.GetString(e.Data.Span),
            e.Metadata.CorrelationId, e.Metadata.CausationId, e.Metadata.Actor, e.Metadata.TraceParent, e.Metadata.RoutingKey,
            e.RecordedAt);
    }

    private static string Hex(byte[] hash) => Convert.ToHexStringLower(hash);

    private sealed record Member(long Position, string Stream, long Version, byte[] Digest, CanonicalEvent Event);
}

/// <summary>How a person names one event.</summary>
public abstract record EventAddress
{
    private EventAddress()
    {
    }

    public sealed record AtPosition(long Position) : EventAddress;

    public sealed record InStream(StreamId Stream, long Version) : EventAddress;

    public sealed record WithId(Guid EventId) : EventAddress;
}

/// <summary>An event is there, and yet there is no proof for it; the message says why.</summary>
public sealed class NoProofException(string message) : Exception(message);
