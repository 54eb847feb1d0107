using Payments.EventStore.Contract;

namespace UnitTests.EventStore;

public sealed class ContiguityTests
{
    private static readonly StreamId Wallet = new("wallet", "a");

    [Theory]
    [InlineData(0, 1)]
    [InlineData(7, 8)]
    public void The_next_event_may_be_folded(long version, long next)
    {
        Contiguity.CheckNextOfStream(version, At(position: 100, next));
        Contiguity.CheckNextOfLog(version, At(position: next, version: 100));
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(3, 9)]
    public void An_event_after_a_hole_is_refused_with_what_is_missing(long version, long next)
    {
        var ofStream = Assert.Throws<StreamArchivedException>(() => Contiguity.CheckNextOfStream(version, At(position: 100, next)));
        var ofLog = Assert.Throws<LogArchivedException>(() => Contiguity.CheckNextOfLog(version, At(position: next, version: 100)));

        Assert.Equal((Wallet, version, next), (ofStream.Stream, ofStream.AfterVersion, ofStream.FirstVersionFound));
        Assert.Equal((version, next), (ofLog.AfterPosition, ofLog.FirstPositionFound));
        Assert.Contains($"{version + 1} to {next - 1} ", ofStream.Message, StringComparison.Ordinal);
    }

    private static StoredEvent At(long position, long version) => new(
        position, Wallet, version, default, "wallet.opened.v1", 1, default, new EventMetadata(default, null, "tests", null, null), default);
}
