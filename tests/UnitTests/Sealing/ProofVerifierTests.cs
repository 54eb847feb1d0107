using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Payments.EventStore.Contract;
using Payments.EventStore.Sealing;
using Payments.EventStore.Sealing.Proving;

namespace UnitTests.Sealing;

/// <summary>A proof made by hand from an interval of five streams, with two seals after it.</summary>
public sealed class ProofVerifierTests
{
    private static readonly InclusionProof Good = Make();
    private static readonly string Noted = ProofVerifier.Check(Good, noted: null).Mark!.Hash;

    public static TheoryData<string> Fields => [.. Leaves(JsonNode.Parse(Good.ToJson())!).Select(leaf => leaf.GetPath())];

    [Fact]
    public void A_good_proof_holds_and_names_the_seal_it_leads_to_also_after_being_written_and_read()
    {
        Assert.Equal(new ProofVerdict(true, "", new SealMark(5, Noted)), ProofVerifier.Check(Good, Noted));
        Assert.Equal(
            new ProofVerdict(true, "", new SealMark(5, Noted)),
            ProofVerifier.Check(InclusionProof.Parse(Good.ToJson()), Noted.ToUpperInvariant()));
    }

    [Fact]
    public void Another_seal_than_the_noted_one_is_refused()
    {
        var verdict = ProofVerifier.Check(Good, Convert.ToHexStringLower(SHA256.HashData([1])));

        Assert.Equal(new ProofVerdict(false, $"It leads to seal 5:{Noted}, which is not the one that was noted.", null), verdict);
    }

    [Theory]
    [MemberData(nameof(Fields))]
    public void Whichever_field_is_changed_the_proof_is_refused(string path)
    {
        var document = JsonNode.Parse(Good.ToJson())!;
        var leaf = Leaves(document).Single(l => l.GetPath() == path);
        leaf.ReplaceWith(Changed(leaf));

        Assert.False(Holds(document));
    }

    [Theory]
    [InlineData("laterDigests")]
    [InlineData("path")]
    [InlineData("laterSeals")]
    public void A_list_that_lost_doubled_or_swapped_something_is_refused(string list)
    {
        foreach (var change in new Action<JsonArray>[]
        {
            l => l.RemoveAt(0), l => l.RemoveAt(l.Count - 1), l => l.Add(l[0]!.DeepClone()), Swap, l => l.Clear(), l => l[0] = null
        })
        {
            var document = JsonNode.Parse(Good.ToJson())!;
            change(document[list]!.AsArray());
            Assert.False(Holds(document), document[list]!.ToJsonString());
        }

        static void Swap(JsonArray items)
        {
            var first = items[0];
            items.RemoveAt(0);
            items.Add(first);
        }
    }

    [Fact]
    public void A_document_with_more_or_less_in_it_is_no_proof()
    {
        var more = JsonNode.Parse(Good.ToJson())!;
        more["event"]!["amount"] = 5;
        var less = JsonNode.Parse(Good.ToJson())!;
        less.AsObject().Remove("chainBefore");

        Assert.Throws<JsonException>(() => InclusionProof.Parse(more.ToJsonString()));
        Assert.Throws<JsonException>(() => InclusionProof.Parse(less.ToJsonString()));
        Assert.Throws<JsonException>(() => InclusionProof.Parse("null"));
    }

    [Fact]
    public void The_first_event_of_a_stream_must_begin_its_chain()
    {
        var e = SampleEvents.Full(version: 1);
        var proof = Make(e, SHA256.HashData([9]));

        Assert.Equal(
            "The event is the first of its stream, and its chain does not begin with the stream.",
            ProofVerifier.Check(proof, noted: null).Why);
        Assert.True(ProofVerifier.Check(Make(e, SealHash.ChainStart(e.Stream.ToString())), noted: null).Holds);
    }

    private static bool Holds(JsonNode document)
    {
        try
        {
            return ProofVerifier.Check(InclusionProof.Parse(document.ToJsonString()), Noted).Holds;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static IEnumerable<JsonValue> Leaves(JsonNode node) => node switch
    {
        JsonObject members => members.SelectMany(m => Leaves(m.Value!)),
        JsonArray items => items.SelectMany(i => Leaves(i!)),
        _ => [node.AsValue()],
    };

    // As little as can be: one digit, one letter.
    private static JsonNode Changed(JsonValue leaf) => leaf.GetValueKind() switch
    {
        JsonValueKind.Number => leaf.GetValue<long>() + 1,
        JsonValueKind.True => false,
        JsonValueKind.False => true,
        _ => ChangedText(leaf.GetValue<string>()),
    };

    private static string ChangedText(string text)
    {
        // Of a time the last digit before the offset, for that may be written in more ways than one.
        var at = text.IndexOf('+', StringComparison.Ordinal) is var plus && plus > 0 ? plus - 1 : text.Length - 1;
        return text[..at] + (text[at] == '1' ? '2' : '1') + text[(at + 1)..];
    }

    private static InclusionProof Make() => Make(SampleEvents.Full(), SHA256.HashData([8]));

    private static InclusionProof Make(StoredEvent e, byte[] before)
    {
        var later = new[] { SHA256.HashData([1]), SHA256.HashData([2]) };
        var chain = later.Aggregate(
            SealHash.Chain(before, SealHash.OfEvent(CanonicalEvent.Of(e))), (hash, digest) => SealHash.Chain(hash, digest));
        var heads = MerkleTree.Ordered(
            Enumerable.Range(1, 4).Select(i => new ChainHead($"wallet/{i}", i, SHA256.HashData([(byte)i])))
                .Append(new ChainHead(e.Stream.ToString(), e.StreamVersion + later.Length, chain)));
        var header = Header(3, 800, 900, MerkleTree.Root(heads), SHA256.HashData([7]));
        var seal = SealHash.OfSeal(header);
        return new InclusionProof(
            InclusionProof.Kind,
            new ProvenEvent(
                e.Position, e.Stream.ToString(), e.StreamVersion, e.EventId, e.Type, e.SchemaVersion, Encoding.UTF8.GetString(e.Data.Span),
                e.Metadata.CorrelationId, e.Metadata.CausationId, e.Metadata.Actor, e.Metadata.TraceParent, e.Metadata.RoutingKey,
                e.RecordedAt),
            Hex(before),
            [.. later.Select(Hex)],
            [
                .. MerkleTree.Path(heads, heads.FindIndex(h => h.Stream == e.Stream.ToString()))
                    .Select(s => new PathStep(s.IsLeft, Hex(s.Hash)))
            ],
            Described(header),
            Hex(header.PreviousSeal),
            Hex(seal),
            [
                new LaterSeal(Described(Header(4, 901, 950, SHA256.HashData([5]), seal)), Hex(SHA256.HashData([5]))),
                new LaterSeal(Described(Header(5, 951, 960, SHA256.HashData([6]), seal)), Hex(SHA256.HashData([6]))),
            ]);
    }

    private static SealHeader Header(long number, long first, long last, byte[] root, byte[] previous) =>
        new(
            number, first, last, root, SHA256.HashData([(byte)number]), previous,
            new DateTimeOffset(2026, 1, 16, 0, 0, 0, TimeSpan.Zero).AddMicroseconds(number));

    private static SealedInterval Described(SealHeader header) =>
        new(header.Number, header.FirstPosition, header.LastPosition, Hex(header.EventHashesDigest), header.SealedAt);

    private static string Hex(byte[] hash) => Convert.ToHexStringLower(hash);
}
