using Payments.EventStore.Sealing.Verifying;
using UnitTests.Randomness;

namespace IntegrationTests.Sealing;

/// <summary>What somebody with a superuser's rights may do to a sealed log, and what the verifier says to it.</summary>
public sealed class TamperingTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly Random _random = Seed.NewRandom();
    private SealedLog _log = null!;

    public async ValueTask InitializeAsync() => _log = await SealedLog.CreateAsync(postgres, _random);

    public ValueTask DisposeAsync() => _log.DisposeAsync();

    [Fact]
    public async Task A_log_that_nobody_touched_has_no_findings_and_its_newest_seal_can_be_noted()
    {
        await _log.AppendAsync(5);
        var seals = await _log.SealsAsync();
        var report = await _log.VerifyAsync([.. seals.Select(s => s.Mark)]);

        Assert.Equivalent(
            new VerifyReport
            {
                Events = _log.Last,
                ArchivedNotHashed = 0,
                Unsealed = _log.Last - seals[^1].LastPosition,
                Seals = seals.Count,
                Newest = seals[^1].Mark,
                NewestPosition = seals[^1].LastPosition,
                Findings = [],
                FindingsCount = 0,
            },
            report,
            strict: true);
        Assert.InRange(report.Unsealed, 5, 20);
    }

    [Theory]
    [InlineData("data = jsonb_set(data, '{amount,minor}', '2501')")]
    [InlineData("data = jsonb_set(data, '{amount,minor}', '2500.0')")]
    [InlineData("actor = 'somebody else'")]
    [InlineData("recorded_at = recorded_at + interval '1 microsecond'")]
    [InlineData("event_type = 'wallet.closed.v1'")]
    [InlineData("event_id = gen_random_uuid()")]
    [InlineData("schema_version = 2")]
    [InlineData("stream_type = 'else'")]
    [InlineData("stream_id = 'wallet/of-nobody'")]
    [InlineData("stream_version = stream_version + 1000")]
    [InlineData("correlation_id = gen_random_uuid()")]
    [InlineData("causation_id = null")]
    [InlineData("trace_parent = null")]
    [InlineData("routing_key = ''")]
    public async Task A_changed_field_is_named_and_nothing_else(string change)
    {
        var target = await _log.InnerEventAsync();
        await _log.Database.ExecuteAsync($"update events set {change} where position = {target.Position}");

        var report = await _log.VerifyAsync();

        var finding = Assert.Single(report.Findings, f => f.Position is not null);
        Assert.Equal((FindingKind.Changed, target.Position), (finding.Kind, finding.Position));
        Assert.StartsWith($"position {target.Position}: event ", finding.What, StringComparison.Ordinal);
        Assert.Contains("was changed after it was sealed (interval ", finding.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_event_that_was_put_into_another_stream_is_named_and_that_stream_is_not_blamed()
    {
        var target = await _log.InnerEventAsync();
        var other = _log.Events.First(e => e.Position > target.Position && e.Stream != target.Stream);
        await _log.Database.ExecuteAsync(
            $"update events set stream_id = '{other.Stream}', stream_type = '{other.Stream.Type}', " +
            $"stream_version = {other.StreamVersion} where position = {target.Position}");

        await AssertOneAsync(FindingKind.Changed, target.Position);
    }

    [Fact]
    public async Task Two_events_that_changed_places_are_both_named()
    {
        var target = await _log.InnerEventAsync();
        await _log.Database.ExecuteAsync(
            $"""
            update events set position = -1 where position = {target.Position};
            update events set position = position - 1 where position = {target.Position + 1};
            update events set position = {target.Position + 1} where position = -1;
            """);

        var report = await _log.VerifyAsync();

        Assert.Equal([(FindingKind.Changed, target.Position), (FindingKind.Changed, target.Position + 1)], Of(report));
        Assert.EndsWith("it changed places with the next one", report.Findings[0].What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deleted_event_is_named_with_its_place_in_its_stream()
    {
        var target = await _log.InnerEventAsync();
        await _log.Database.ExecuteAsync($"delete from events where position = {target.Position}");

        var finding = await AssertOneAsync(FindingKind.Missing, target.Position);

        Assert.Equal((target.Stream.ToString(), target.StreamVersion), (finding.Stream, finding.Version));
    }

    [Fact]
    public async Task Neighbours_of_one_stream_that_were_deleted_are_all_named()
    {
        var target = await _log.InnerEventAsync(e => _log.Events[(int)e.Position].Stream == e.Stream);
        await _log.Database.ExecuteAsync($"delete from events where position in ({target.Position}, {target.Position + 1})");

        var report = await _log.VerifyAsync();

        Assert.Equal(
            [(FindingKind.Missing, target.Position), (FindingKind.Missing, target.Position + 1)],
            Of(report).Where(f => f.Position is not null));
    }

    [Fact]
    public async Task A_deleted_event_is_named_although_the_later_ones_were_moved_down()
    {
        var target = await _log.InnerEventAsync();
        await _log.Database.ExecuteAsync(
            $"""
            delete from events where position = {target.Position};
            update events set position = -position where position > {target.Position};
            update events set position = -position - 1 where position < 0;
            update log_head set position = position - 1;
            """);

        var first = (await _log.VerifyAsync()).Findings[0];

        Assert.Equal((FindingKind.Missing, target.Position), (first.Kind, first.Position));
        Assert.Contains("the later events were moved down", first.What, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_last_sealed_event_is_missed_also_when_the_tables_beside_it_were_changed_to_match(bool beside)
    {
        var last = _log.Events[^1];
        await _log.Database.ExecuteAsync($"delete from events where position = {last.Position}");
        if (beside)
        {
            await _log.Database.ExecuteAsync(
                $"""
                update log_head set position = position - 1;
                update streams set version = version - 1 where stream_id = '{last.Stream}' and version > 1;
                """);
        }

        var report = await _log.VerifyAsync();

        Assert.Equal((FindingKind.Missing, last.Position), Of(report)[0]);
        Assert.Equal(beside ? FindingKind.LogHead : FindingKind.StreamRow, report.Findings[1].Kind);
    }

    [Theory]
    [InlineData("+")]
    [InlineData("-")]
    public async Task An_event_that_was_inserted_beside_another_is_told_from_it(string beforeOrAfter)
    {
        var target = await _log.InnerEventAsync();
        await InsertAsync(
            $"{target.Position}, stream_id, stream_type, stream_version, '00000000-0000-7000-8000-000000000001', " +
                $"recorded_at {beforeOrAfter} interval '1 microsecond'",
            target.Position);

        var finding = await AssertOneAsync(FindingKind.Inserted, target.Position);

        Assert.Equal(Guid.Parse("00000000-0000-7000-8000-000000000001"), finding.EventId);
    }

    [Fact]
    public async Task An_inserted_event_is_named_although_the_later_ones_were_moved_up()
    {
        var target = await _log.InnerEventAsync();
        await _log.Database.ExecuteAsync(
            $"""
            update events set position = -position where position >= {target.Position};
            update events set position = -position + 1 where position < 0;
            update log_head set position = position + 1;
            insert into streams values ('wallet/new', 'wallet', 1);
            """);
        await InsertAsync($"{target.Position}, 'wallet/new', 'wallet', 1, gen_random_uuid(), recorded_at", target.Position - 1);

        var first = (await _log.VerifyAsync()).Findings[0];

        Assert.Equal((FindingKind.Inserted, target.Position, "wallet/new"), (first.Kind, first.Position, first.Stream));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    public async Task An_event_before_the_first_position_is_named(long position)
    {
        await InsertAsync($"{position}, 'wallet/new', 'wallet', 1, gen_random_uuid(), recorded_at", 1);
        await _log.Database.ExecuteAsync("delete from streams where stream_id = 'wallet/new'");

        var first = (await _log.VerifyAsync()).Findings[0];

        Assert.Equal((FindingKind.Inserted, position), (first.Kind, first.Position));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5_000_000_000)]
    public async Task An_event_beyond_the_head_is_named(long beyond)
    {
        var last = _log.Events[^1];
        await InsertAsync(
            $"{last.Position + beyond}, stream_id, stream_type, stream_version + 1, gen_random_uuid(), recorded_at",
            last.Position);

        var report = await _log.VerifyAsync();

        Assert.Equal(beyond == 1 ? FindingKind.LogHead : FindingKind.Missing, report.Findings[0].Kind);
        Assert.Contains(report.Findings, f => f.Kind == FindingKind.LogHead && f.Position == last.Position + 1);
        Assert.Contains(report.Findings, f => f.Kind == FindingKind.StreamRow && f.Stream == last.Stream.ToString());
    }

    [Fact]
    public async Task A_second_event_of_one_version_in_the_unsealed_tail_is_named()
    {
        var target = await _log.InnerEventAsync();
        await InsertAsync($"{_log.Last + 1}, stream_id, stream_type, stream_version, gen_random_uuid(), recorded_at", target.Position);
        await _log.Database.ExecuteAsync("update log_head set position = position + 1");

        await AssertOneAsync(FindingKind.Inserted, _log.Last + 1);
    }

    [Fact]
    public async Task A_hole_in_the_unsealed_tail_is_named()
    {
        var sealedUpTo = _log.Last;
        await _log.AppendAsync(10);
        await _log.Database.ExecuteAsync($"delete from events where position = {sealedUpTo + 3}");

        Assert.Equal((FindingKind.Missing, sealedUpTo + 3), Of(await _log.VerifyAsync())[0]);
    }

    [Theory]
    [InlineData("version = version + 1")]
    [InlineData("version = 1")]
    [InlineData("stream_type = 'else'")]
    public async Task A_changed_row_of_streams_is_named(string change)
    {
        var stream = (await _log.InnerEventAsync()).Stream.ToString();
        await _log.Database.ExecuteAsync($"update streams set {change} where stream_id = '{stream}'");

        Assert.Equal(stream, (await AssertOneAsync(FindingKind.StreamRow, null)).Stream);
    }

    [Fact]
    public async Task A_row_of_streams_too_many_or_too_few_is_named()
    {
        var stream = (await _log.InnerEventAsync()).Stream.ToString();
        await _log.Database.ExecuteAsync($"update streams set stream_id = 'wallet/nobody' where stream_id = '{stream}'");

        var report = await _log.VerifyAsync();

        Assert.Equal([FindingKind.StreamRow, FindingKind.StreamRow], report.Findings.Select(f => f.Kind));
        Assert.Equal(["wallet/nobody", stream], report.Findings.Select(f => f.Stream));
    }

    [Theory]
    [InlineData(7, 1)]
    [InlineData(-7, -6)]
    public async Task A_changed_head_of_the_log_is_named(int by, int named)
    {
        await _log.Database.ExecuteAsync($"update log_head set position = position + {by}");

        await AssertOneAsync(FindingKind.LogHead, _log.Last + named);
    }

    [Theory]
    [InlineData("merkle_root = sha256(merkle_root)", 1)]
    [InlineData("sealed_at = sealed_at - interval '1 day'", 1)]
    [InlineData("previous_seal = sha256(previous_seal)", 1)]
    [InlineData("seal = sha256(seal)", 2)] // The next one does not follow it any more.
    [InlineData("event_hashes = set_byte(event_hashes, 40, 255 - get_byte(event_hashes, 40))", 2)] // And the event does not fit.
    public async Task A_changed_row_of_seals_is_named(string change, int findings)
    {
        var seals = await _log.SealsAsync();
        var changed = seals.First(s => s.Number > 1 && s.Number < seals.Count && s.LastPosition - s.FirstPosition > 2);
        await _log.Database.ExecuteAsync($"update seals set {change} where number = {changed.Number}");

        var report = await _log.VerifyAsync();

        var first = report.Findings[0];
        Assert.Equal((FindingKind.SealChanged, changed.FirstPosition, changed.Number), (first.Kind, first.Position, first.Interval));
        Assert.Equal(findings, report.FindingsCount);
    }

    [Fact]
    public async Task A_seal_whose_interval_makes_no_sense_is_named_and_its_events_are_not_blamed()
    {
        var seals = await _log.SealsAsync();
        await _log.Database.ExecuteAsync(
            $"""
            alter table seals drop constraint seals_check;
            update seals set last_position = 9000000000000 where number = {seals[1].Number};
            """);

        Assert.Equal([(FindingKind.SealChanged, seals[1].FirstPosition)], Of(await _log.VerifyAsync()));
    }

    [Fact]
    public async Task A_dropped_row_of_seals_is_named_and_later_events_are_still_checked()
    {
        var seals = await _log.SealsAsync();
        await _log.Database.ExecuteAsync($"delete from seals where number = {seals[2].Number}");
        await AssertOneAsync(FindingKind.SealMissing, seals[2].FirstPosition);

        // An event that only that seal covered: the next of its stream gives it away.
        await _log.Database.ExecuteAsync($"update events set actor = 'else' where position = {seals[2].FirstPosition}");
        Assert.Contains((await _log.VerifyAsync()).Findings, f => f.Kind == FindingKind.Changed && f.Position > seals[2].LastPosition);
    }

    [Fact]
    public async Task Events_and_seals_that_were_written_anew_are_betrayed_by_a_seal_that_was_noted()
    {
        var noted = (await _log.SealsAsync()).Select(s => (s.Mark, s.LastPosition)).ToList();
        var target = await _log.InnerEventAsync(e => e.Position > noted[1].LastPosition);
        var before = noted.Last(n => n.LastPosition < target.Position);
        await _log.Database.ExecuteAsync(
            $"""
            update events set data = jsonb_set(data, '{"{amount,minor}"}', '1') where position = {target.Position};
            delete from seals where last_position >= {target.Position};
            """);
        await _log.SealAsync();

        Assert.Empty((await _log.VerifyAsync()).Findings);
        Assert.Equal(
            [(FindingKind.SealRewritten, 1L)],
            Of(await _log.VerifyAsync(noted.First(n => n.LastPosition >= target.Position).Mark)));
        Assert.Equal(
            [(FindingKind.SealRewritten, before.LastPosition + 1)],
            Of(await _log.VerifyAsync(before.Mark, noted.First(n => n.LastPosition >= target.Position).Mark)));
    }

    [Fact]
    public async Task A_log_that_was_cut_off_together_with_its_seals_is_betrayed_by_a_seal_that_was_noted()
    {
        var newest = (await _log.SealsAsync())[^1];
        await _log.Database.ExecuteAsync(
            $"""
            delete from events where position >= {newest.FirstPosition};
            delete from seals where number = {newest.Number};
            delete from streams;
            insert into streams select stream_id, max(stream_type), max(stream_version) from events group by stream_id;
            update log_head set position = {newest.FirstPosition - 1};
            """);

        Assert.Empty((await _log.VerifyAsync()).Findings);
        Assert.Equal([(FindingKind.SealRewritten, 1L)], Of(await _log.VerifyAsync(newest.Mark)));
    }

    [Fact]
    public async Task Whatever_is_done_to_whichever_event_it_is_the_one_that_is_named()
    {
        await _log.Database.ExecuteAsync("create table untouched as select * from events");
        for (var round = 0; round < 60; round++)
        {
            var position = _random.NextInt64(1, _log.Last + 1);
            var (kind, sql) = _random.Next(3) switch
            {
                0 => (FindingKind.Changed, $"update events set data = data || '{"{\"more\":1}"}' where position = {position}"),
                1 => (FindingKind.Missing, $"delete from events where position = {position}"),
                _ => (FindingKind.Inserted, $"insert into events select * from events where position = {position}"),
            };
            await _log.Database.ExecuteAsync(
                kind == FindingKind.Inserted ? sql.Replace("select *", Copied, StringComparison.Ordinal) : sql);

            var first = (await _log.VerifyAsync()).Findings[0];
            Assert.Equal((kind, position), (first.Kind, first.Position));

            await _log.Database.ExecuteAsync(
                $"delete from events where position = {position}; insert into events select * from untouched where position = {position}");
        }

        Assert.Empty((await _log.VerifyAsync()).Findings);
    }

    private const string Copied =
        """
        select position, stream_id, stream_type, stream_version, gen_random_uuid(), event_type, schema_version, data,
            correlation_id, causation_id, actor, trace_parent, routing_key, recorded_at + interval '1 microsecond'
        """;

    private async Task<Finding> AssertOneAsync(FindingKind kind, long? position)
    {
        var finding = Assert.Single((await _log.VerifyAsync()).Findings);
        Assert.Equal((kind, position), (finding.Kind, finding.Position));
        return finding;
    }

    private static List<(FindingKind Kind, long? Position)> Of(VerifyReport report) =>
        [.. report.Findings.Select(f => (f.Kind, f.Position))];

    /// <param name="place">Position, stream, type, version, event id and time.</param>
    /// <param name="like">The position of the event that has the rest.</param>
    private Task InsertAsync(string place, long like) => _log.Database.ExecuteAsync(
        $"""
        insert into events (
            position, stream_id, stream_type, stream_version, event_id, recorded_at,
            event_type, schema_version, data, correlation_id, causation_id, actor, trace_parent, routing_key)
        select {place}, event_type, schema_version, data, correlation_id, causation_id, actor, trace_parent, routing_key
        from events where position = {like}
        """);
}
