using System.Security.Cryptography;
using Payments.EventStore.Contract;
using Payments.EventStore.Sealing;

namespace UnitTests.Sealing;

/// <summary>The form that is hashed. Seals are full of it: what these files pin never changes.</summary>
public sealed class CanonicalEventTests
{
    public static TheoryData<string> Forms => ["full", "bare"];

    [Theory]
    [MemberData(nameof(Forms))]
    public void The_bytes_of_an_event_are_what_they_always_were(string form)
    {
        var golden = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Sealing", "Golden", form + ".hex"));

        Assert.Equal(golden.ReplaceLineEndings(""), Convert.ToHexStringLower(CanonicalEvent.Of(Event(form)).Bytes.Span));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void The_bytes_say_again_what_the_event_was(string form)
    {
        var e = Event(form);
        var canonical = CanonicalEvent.Of(e);

        Assert.Equivalent(e, canonical.ToStored(), strict: true);
        Assert.Equal(e.Data.ToArray(), canonical.ToStored().Data.ToArray());
        Assert.Equal(
            (e.Position, e.Stream.ToString(), e.StreamVersion, e.EventId, e.Type),
            (canonical.Position, canonical.Stream, canonical.Version, canonical.EventId, canonical.Type));
    }

    [Fact]
    public void The_same_event_elsewhere_differs_in_its_position_alone()
    {
        var moved = CanonicalEvent.Of(SampleEvents.Full()).At(813);

        Assert.Equal(CanonicalEvent.Of(SampleEvents.Full(position: 813)).Bytes.ToArray(), moved.Bytes.ToArray());
    }

    [Fact]
    public void Nothing_and_empty_are_not_the_same()
    {
        var nothing = SampleEvents.Bare();
        var empty = nothing with { Metadata = nothing.Metadata with { TraceParent = "" } };

        Assert.NotEqual(SealHash.OfEvent(CanonicalEvent.Of(nothing)), SealHash.OfEvent(CanonicalEvent.Of(empty)));
    }

    [Fact]
    public void The_kinds_of_hashes_are_kept_apart_by_their_tags()
    {
        var (one, other) = (SHA256.HashData([1]), SHA256.HashData([2]));
        var canonical = CanonicalEvent.Of(SampleEvents.Full());

        Assert.Equal(SHA256.HashData([2, .. canonical.Bytes.Span]), SealHash.OfEvent(canonical));
        Assert.Equal(SHA256.HashData([3, .. one, .. other]), SealHash.Chain(one, other));
        Assert.Equal(SHA256.HashData([1, .. one, .. other]), SealHash.Node(one, other));
        Assert.Equal(SHA256.HashData([4, .. "wallet/a"u8]), SealHash.ChainStart("wallet/a"));
        Assert.Equal(
            SHA256.HashData([0, 0, 0, 0, 8, .. "wallet/a"u8, 0, 0, 0, 0, 0, 0, 0, 7, .. one]),
            SealHash.Leaf(new ChainHead("wallet/a", 7, one)));
    }

    private static StoredEvent Event(string form) => form == "full" ? SampleEvents.Full() : SampleEvents.Bare();
}
