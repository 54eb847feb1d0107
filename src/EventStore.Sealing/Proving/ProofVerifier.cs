using System.Text;
using Payments.EventStore.Contract;
using static System.FormattableString;

namespace Payments.EventStore.Sealing.Proving;

/// <summary>Checks a proof of inclusion: no database, no network, nothing but SHA-256.</summary>
public static class ProofVerifier
{
    /// <param name="noted">
    /// The hash, in hexadecimal, of the seal that the proof leads to, as it was noted; null when there is none to compare with.
    /// </param>
    public static ProofVerdict Check(InclusionProof proof, string? noted)
    {
        try
        {
            return Verdict(proof, noted);
        }
        catch (Exception nonsense) when (nonsense is FormatException or ArgumentException)
        {
            return new ProofVerdict(false, $"It makes no sense: {nonsense.Message}", null);
        }
    }

    private static ProofVerdict Verdict(InclusionProof proof, string? noted)
    {
        if (proof.Proof != InclusionProof.Kind)
        {
            return Wrong($"It is a '{proof.Proof}', not a '{InclusionProof.Kind}'.");
        }

        var e = proof.Event;
        if (e.Position < proof.Interval.FirstPosition || e.Position > proof.Interval.LastPosition)
        {
            return Wrong("The event's position is not in the interval.");
        }

        var chain = SealHash.Chain(Hash(proof.ChainBefore), SealHash.OfEvent(Canonical(e)));
        if (e.Version == 1 && !Hash(proof.ChainBefore).AsSpan().SequenceEqual(SealHash.ChainStart(e.Stream)))
        {
            return Wrong("The event is the first of its stream, and its chain does not begin with the stream.");
        }

        foreach (var digest in proof.LaterDigests)
        {
            chain = SealHash.Chain(chain, Hash(digest));
        }

        var head = new ChainHead(e.Stream, e.Version + proof.LaterDigests.Count, chain);
        var root = MerkleTree.RootOf(SealHash.Leaf(head), proof.Path.Select(step => new MerkleStep(step.IsLeft, Hash(step.Hash))));
        var seal = SealHash.OfSeal(Header(proof.Interval, root, Hash(proof.PreviousSeal)));
        if (!seal.AsSpan().SequenceEqual(Hash(proof.Seal)))
        {
            return Wrong("The event does not lead to the seal.");
        }

        var number = proof.Interval.Number;
        foreach (var later in proof.LaterSeals)
        {
            if (later.Interval.Number != ++number)
            {
                return Wrong(Invariant($"Seal {number} is not among the later seals where it should be."));
            }

            seal = SealHash.OfSeal(Header(later.Interval, Hash(later.MerkleRoot), seal));
        }

        var mark = new SealMark(number, Convert.ToHexStringLower(seal));
        return noted is null || Hash(noted).AsSpan().SequenceEqual(seal)
            ? new ProofVerdict(true, "", mark)
            : Wrong($"It leads to seal {mark}, which is not the one that was noted.");
    }

    private static ProofVerdict Wrong(string why) => new(false, why, null);

    private static SealHeader Header(SealedInterval interval, byte[] root, byte[] previous) => new(
        interval.Number, interval.FirstPosition, interval.LastPosition, root, Hash(interval.EventHashesDigest),
        previous, interval.SealedAt);

    private static CanonicalEvent Canonical(ProvenEvent e) => CanonicalEvent.Of(new StoredEvent(
        e.Position,
        StreamId.Parse(e.Stream),
        e.Version,
        e.Id,
        e.Type,
        e.Schema,
        Encoding.UTF8.GetBytes(e.Data),
        new EventMetadata(e.Correlation, e.Causation, e.Actor, e.TraceParent, e.RoutingKey),
        e.RecordedAt));

    private static byte[] Hash(string hex) => Convert.FromHexString(hex) is { Length: SealHash.Bytes } hash
        ? hash
        : throw new FormatException($"'{hex}' is no SHA-256 in hexadecimal.");
}

/// <summary>What became of a proof.</summary>
/// <param name="Why">What is wrong with it; empty when it holds.</param>
/// <param name="Mark">The seal that it leads to, when it holds: to be compared with the one that was noted, unless that was done.</param>
public sealed record ProofVerdict(bool Holds, string Why, SealMark? Mark);
