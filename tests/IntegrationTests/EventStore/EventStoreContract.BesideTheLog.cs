using Payments.EventStore.Contract;

namespace IntegrationTests.EventStore;

public abstract partial class EventStoreContract
{
    [Fact]
    public async Task A_watermark_moves_together_with_the_effects_and_never_twice_from_one_place()
    {
        var (consumer, stream) = (NewKey(), Sample.Stream());
        AppendUnit Effect(long from, long to) => new()
        {
            Streams = [Sample.Append(stream, ExpectedVersion.Any)],
            Watermarks = [Sample.Move(consumer, from, to)],
        };

        Assert.IsType<AppendResult.Appended>(await AppendAsync(Effect(0, 7)));
        Assert.Equal(new AppendResult.WatermarkMoved(Sample.Move(consumer, 0, 7), 7), await AppendAsync(Effect(0, 7)));
        Assert.Equal(new AppendResult.WatermarkMoved(Sample.Move(consumer, 6, 9), 7), await AppendAsync(Effect(6, 9)));
        Assert.IsType<AppendResult.Appended>(await AppendAsync(Effect(7, 9)));

        Assert.Equal([new Watermark(consumer, "events.payments.v1", 3, "payments", 9)], await Store.WatermarksAsync(consumer, Cancel));
        Assert.Equal(2, await Store.StreamVersionAsync(stream, Cancel));
    }

    [Fact]
    public async Task Of_two_workers_with_one_watermark_one_has_its_effects_and_the_other_none()
    {
        var consumer = NewKey();
        var streams = Enumerable.Range(0, 10).Select(_ => Sample.Stream()).ToList();

        var results = await AppendAllAtOnceAsync(streams.Select(stream => new AppendUnit
        {
            Streams = [Sample.Append(stream, ExpectedVersion.None)],
            Watermarks = [Sample.Move(consumer, 0, 3)],
        }));

        Assert.Single(results.OfType<AppendResult.Appended>());
        Assert.All(
            results.Where(r => r is not AppendResult.Appended),
            r => Assert.Equal(3, Assert.IsType<AppendResult.WatermarkMoved>(r).Actual));
        Assert.Single(await Store.ReadStreamsAsync([.. streams.Select(s => (s, 0L))], snapshotSchema: null, Cancel));
    }

    [Fact]
    public async Task The_first_claim_of_a_key_wins_and_every_repeat_hears_its_answer_word_for_word()
    {
        var (key, stream) = (NewKey(), Sample.Stream());
        var first = Sample.Claim(key, """{ "z": 1, "a" : [2],  "money": 1.50 }""");
        Assert.Null(await Store.FindClaimAsync("client", key, Cancel));

        await StoredAsync(new AppendUnit { Streams = [Sample.Append(stream, ExpectedVersion.None)], Claim = first });
        var repeat = await AppendAsync(new AppendUnit
        {
            Streams = [Sample.Append(stream, ExpectedVersion.Any)],
            Claim = first with { Fingerprint = new byte[] { 9 }, Answer = "{}"u8.ToArray() },
        });

        foreach (var claim in new[]
        {
            Assert.IsType<AppendResult.AlreadyClaimed>(repeat).Existing,
            await Store.FindClaimAsync("client", key, Cancel),
        })
        {
            Assert.Equal(("client", key), (claim!.Scope, claim.Key));
            Assert.Equal(first.Fingerprint.ToArray(), claim.Fingerprint.ToArray());
            Assert.Equal(Text(first.Answer), Text(claim.Answer));
        }

        Assert.Equal(1, await Store.StreamVersionAsync(stream, Cancel));
        Assert.IsType<AppendResult.Appended>(await AppendAsync(new AppendUnit { Claim = first with { Scope = "somebody else" } }));
    }

    [Fact]
    public async Task Rows_of_inline_projections_are_written_with_the_events()
    {
        var names = new[] { NewKey(), NewKey() };

        await StoredAsync(Sample.Unit() with { Rows = [.. names.Select(Sample.Name)] });

        Assert.Equal(names.Order(), (await StoredNamesAsync(names)).Order());
    }

    [Fact]
    public async Task A_unit_that_a_projection_rejects_fails_alone()
    {
        var taken = NewKey();
        await StoredAsync(new AppendUnit { Rows = [Sample.Name(taken)] });
        var names = Enumerable.Range(0, 40).Select(i => i % 10 == 7 ? taken : NewKey()).ToList();
        var streams = names.ConvertAll(_ => Sample.Stream());
        var before = await Store.LastPositionAsync(Cancel);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(async () => await Record.ExceptionAsync(() =>
            StoredAsync(Sample.Unit(streams[i], ExpectedVersion.None) with { Rows = [Sample.Name(names[i])] })))));

        for (var i = 0; i < 40; i++)
        {
            Assert.Equal(i % 10 == 7 ? typeof(StoreRejectedException) : null, outcomes[i]?.GetType());
            Assert.Equal(i % 10 == 7 ? 0 : 1, await Store.StreamVersionAsync(streams[i], Cancel));
        }

        AssertGapless(before, await LogAfterAsync(before));
        Assert.Equal(before + 36, await Store.LastPositionAsync(Cancel));
        Assert.Equal(37, (await StoredNamesAsync([.. names.Distinct()])).Count);
    }

    [Fact]
    public async Task A_unit_is_told_which_of_its_commands_were_answered_before_and_stores_nothing()
    {
        var (answered, fresh) = (Command(), Command());
        await StoredAsync(Answering(answered));
        var both = Answering(answered, fresh);
        var (before, taken) = (await Store.LastPositionAsync(Cancel), Answering(fresh) with { Rows = [Sample.Name(answered.Act)] });

        AppendResult[] results = [await Store.RehearseAsync(both, Cancel), await AppendAsync(both)];
        await Assert.ThrowsAsync<StoreRejectedException>(() => AppendAsync(taken)); // Rejected, and not for what it answers.

        Assert.All(results, result => Assert.Equal([answered], Assert.IsType<AppendResult.AlreadyAnswered>(result).Commands));
        Assert.Equal(before, await Store.LastPositionAsync(Cancel));
        Assert.Empty(await StoredNamesAsync([fresh.Act]));

        static CommandKey Command() => new(Guid.NewGuid(), Guid.NewGuid(), NewKey());

        static AppendUnit Answering(params CommandKey[] commands) =>
            Sample.Unit() with { Rows = [.. commands.Select(c => Sample.Name(c.Act))], Answers = commands };
    }
}
