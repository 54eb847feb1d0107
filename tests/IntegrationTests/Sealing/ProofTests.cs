using Payments.EventStore.Sealing.Proving;
using UnitTests.Randomness;

namespace IntegrationTests.Sealing;

public sealed class ProofTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly Random _random = Seed.NewRandom();
    private SealedLog _log = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _log = await SealedLog.CreateAsync(postgres, _random);

    public ValueTask DisposeAsync() => _log.DisposeAsync();

    [Fact]
    public async Task Every_event_has_a_proof_that_leads_to_its_seal()
    {
        var seals = await _log.SealsAsync();
        foreach (var e in _log.Events)
        {
            var seal = seals.Single(s => s.FirstPosition <= e.Position && s.LastPosition >= e.Position);
            var proof = await MakeAsync(new EventAddress.AtPosition(e.Position));

            Assert.Equal(new ProofVerdict(true, "", seal.Mark), ProofVerifier.Check(InclusionProof.Parse(proof!.ToJson()), seal.Mark.Hash));
            Assert.Equal((e.EventId, e.Stream.ToString(), e.StreamVersion), (proof.Event.Id, proof.Event.Stream, proof.Event.Version));
        }
    }

    [Fact]
    public async Task A_proof_can_lead_to_a_later_seal()
    {
        var newest = (await _log.SealsAsync())[^1].Mark;

        var proof = await MakeAsync(new EventAddress.AtPosition(1), newest.Number);

        Assert.Equal(new ProofVerdict(true, "", newest), ProofVerifier.Check(proof!, newest.Hash));
        Assert.Equal(
            $"There is no seal {newest.Number + 1}; the newest is {newest.Number}.",
            (await Assert.ThrowsAsync<NoProofException>(() => MakeAsync(new EventAddress.AtPosition(1), newest.Number + 1))).Message);
    }

    [Fact]
    public async Task An_event_is_found_by_its_place_in_its_stream_and_by_its_id()
    {
        var e = await _log.InnerEventAsync();
        var expected = (await MakeAsync(new EventAddress.AtPosition(e.Position)))!.ToJson();

        Assert.Equal(expected, (await MakeAsync(new EventAddress.InStream(e.Stream, e.StreamVersion)))!.ToJson());
        Assert.Equal(expected, (await MakeAsync(new EventAddress.WithId(e.EventId)))!.ToJson());
        Assert.Null(await MakeAsync(new EventAddress.WithId(Guid.NewGuid())));
    }

    [Fact]
    public async Task There_is_none_for_an_event_that_is_not_sealed_yet_or_not_as_it_was_sealed()
    {
        var e = await _log.InnerEventAsync();
        await _log.AppendAsync(1);
        await _log.Database.ExecuteAsync($"update events set actor = 'else' where position = {e.Position}");

        Assert.StartsWith(
            $"The event at position {_log.Last} is not sealed yet",
            (await Assert.ThrowsAsync<NoProofException>(() => MakeAsync(new EventAddress.AtPosition(_log.Last)))).Message,
            StringComparison.Ordinal);
        Assert.StartsWith(
            "The log is not as it was sealed",
            (await Assert.ThrowsAsync<NoProofException>(() => MakeAsync(new EventAddress.AtPosition(e.Position)))).Message,
            StringComparison.Ordinal);
    }

    private Task<InclusionProof?> MakeAsync(EventAddress address, long? upTo = null) =>
        new ProofMaker(_log.Database.Source).MakeAsync(address, upTo, Cancel);
}
