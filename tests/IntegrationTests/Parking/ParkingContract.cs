using Payments.EventStore.Contract;

namespace IntegrationTests.Parking;

/// <summary>
/// What must be true of messages that fail, whatever they are parked in. Each test has consumers, keys and a clock of its own.
/// </summary>
public abstract class ParkingContract
{
    private protected abstract ParkingRig NewRig();

    [Fact]
    public async Task A_key_that_fails_waits_in_its_order_and_others_go_on()
    {
        var rig = NewRig();
        rig.FailsOn = message => message.RoutingKey == "user/bad" ? new InvalidOperationException("Planted.") : null;
        await rig.FeedAsync(rig.Message("user/bad", 1), rig.Message("user/good", 1), rig.Message("user/bad", 2));
        await rig.FeedAsync(rig.Message("user/bad", 3), rig.Message("user/good", 2));

        Assert.Equal([1, 2], await rig.AppliedAsync("user/good"));
        Assert.Equal([], await rig.AppliedAsync("user/bad"));

        rig.FailsOn = _ => null;
        Assert.False(await rig.DrainAsync(), "It is not due yet.");
        rig.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(await rig.DrainAsync());
        Assert.Equal([1, 2, 3], await rig.AppliedAsync("user/bad"));
        Assert.False(await rig.DrainAsync());

        await rig.FeedAsync(rig.Message("user/bad", 4)); // Free again.
        Assert.Equal([1, 2, 3, 4], await rig.AppliedAsync("user/bad"));
    }

    [Fact]
    public async Task A_message_is_tried_again_ever_more_rarely_and_is_then_a_dead_letter()
    {
        var rig = NewRig();
        rig.FailsOn = message => message.RoutingKey == "user/bad" ? new InvalidOperationException("Planted.") : null;
        await rig.FeedAsync(rig.Message("user/bad", 1), rig.Message("user/bad", 2), rig.Message("user/good", 1));
        for (var attempt = 2; attempt <= rig.Options.AttemptsMax; attempt++)
        {
            Assert.False(await rig.DrainAsync());
            rig.Clock.Advance(TimeSpan.FromMilliseconds(rig.Options.LongestDelayMs));
            Assert.True(await rig.DrainAsync());
        }

        rig.FailsOn = _ => null;
        rig.Clock.Advance(TimeSpan.FromDays(1));
        Assert.False(await rig.DrainAsync(), "A dead letter waits for a person, and its key with it.");
        await rig.FeedAsync(rig.Message("user/bad", 3), rig.Message("user/good", 2));
        Assert.False(await rig.DrainAsync());
        Assert.Equal([], await rig.AppliedAsync("user/bad"));
        Assert.Equal([1, 2], await rig.AppliedAsync("user/good"));
    }

    [Theory]
    [InlineData(typeof(FormatException))]
    [InlineData(typeof(StoreRejectedException))]
    public async Task Poison_is_a_dead_letter_at_once_and_its_key_waits(Type poison)
    {
        var rig = NewRig();
        rig.FailsOn = message => message is { RoutingKey: "user/bad", Headers.Version: 1 }
            ? (Exception)(poison == typeof(FormatException)
                ? new FormatException("Planted.")
                : new StoreRejectedException("Planted.", new IOException()))
            : null;
        await rig.FeedAsync(rig.Message("user/bad", 1), rig.Message("user/bad", 2), rig.Message("user/good", 1));
        rig.Clock.Advance(TimeSpan.FromDays(1));

        Assert.False(await rig.DrainAsync());
        Assert.Equal([], await rig.AppliedAsync("user/bad"));
        Assert.Equal([1], await rig.AppliedAsync("user/good"));
    }

    [Fact]
    public async Task What_the_database_rejects_is_found_among_the_good_ones()
    {
        var rig = NewRig();
        var messages = Enumerable.Range(1, 40).Select(n => rig.Message($"user/{n % 8}", n)).ToArray();
        rig.IsRejected = value => value == 17;
        await rig.FeedAsync(messages);

        Assert.Equal([1, 9], await rig.AppliedAsync("user/1")); // 17 is rejected, and 25 and 33 wait behind it.
        for (var key = 2; key <= 8; key++)
        {
            Assert.Equal([key, key + 8, key + 16, key + 24, key + 32], await rig.AppliedAsync($"user/{key % 8}"));
        }
    }

    [Fact]
    public async Task A_message_is_parked_once_however_often_it_is_delivered()
    {
        var rig = NewRig();
        rig.FailsOn = _ => new InvalidOperationException("Planted.");
        var message = rig.Message("user/bad", 1);
        await rig.FeedAsync(message, message);
        await rig.FeedAsync(message);
        rig.Restart();
        await rig.FeedAsync(message);

        rig.FailsOn = _ => null;
        rig.Clock.Advance(TimeSpan.FromSeconds(1));
        await rig.DrainAsync();
        Assert.Equal([1], await rig.AppliedAsync("user/bad"));
        Assert.False(await rig.DrainAsync());
    }

    [Fact]
    public async Task Another_process_knows_which_keys_are_parked()
    {
        var rig = NewRig();
        rig.FailsOn = message => message.Headers.Version == 1 ? new InvalidOperationException("Planted.") : null;
        await rig.FeedAsync(rig.Message("user/bad", 1));
        rig.Restart();
        await rig.FeedAsync(rig.Message("user/bad", 2));

        Assert.Equal([], await rig.AppliedAsync("user/bad"));
        rig.FailsOn = _ => null;
        rig.Clock.Advance(TimeSpan.FromSeconds(1));
        await rig.DrainAsync();
        Assert.Equal([1, 2], await rig.AppliedAsync("user/bad"));
    }

    [Fact]
    public async Task A_process_that_looks_how_far_another_has_come_sees_what_that_one_has_parked()
    {
        var rig = NewRig();
        var beside = rig.Beside();
        await beside.FeedAsync(); // It knows of nothing yet.
        rig.FailsOn = _ => new InvalidOperationException("Planted.");
        await rig.FeedAsync(rig.Message("user/bad", 1));

        await beside.RefreshAsync(); // For a gap elsewhere, say: the watermark it finds has passed what is parked.
        await beside.FeedAsync(rig.Message("user/bad", 2));

        Assert.Equal([], await rig.AppliedAsync("user/bad"));
        rig.FailsOn = _ => null;
        rig.Clock.Advance(TimeSpan.FromSeconds(1));
        await rig.DrainAsync();
        Assert.Equal([1, 2], await rig.AppliedAsync("user/bad"));
    }

    [Fact]
    public async Task Two_workers_at_once_apply_a_message_once()
    {
        var rig = NewRig();
        rig.FailsOn = _ => new InvalidOperationException("Planted.");
        await rig.FeedAsync([.. Enumerable.Range(1, 60).Select(n => rig.Message($"user/{n % 6}", n))]);
        rig.FailsOn = _ => null;
        rig.Clock.Advance(TimeSpan.FromSeconds(1));

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (await rig.DrainAsync(ownCache: true))
            {
            }
        })));
        for (var key = 0; key < 6; key++)
        {
            Assert.Equal(Enumerable.Range(1, 60).Where(n => n % 6 == key), await rig.AppliedAsync($"user/{key}"));
        }
    }

    [Fact]
    public async Task Whatever_fails_and_when_each_key_is_applied_in_its_order_and_once()
    {
        var dice = new Random(Seed());
        for (var world = 0; world < 10; world++)
        {
            var rig = NewRig();
            var sent = new List<(string Key, int Number)>();
            var log = new List<Payments.Messaging.Envelope.Message>();
            rig.FailsOn = message => dice.Next(100) < 30 ? new InvalidOperationException("Planted.") : null;
            for (var step = 0; step < 40; step++)
            {
                var from = Math.Max(0, log.Count - dice.Next(10)); // Some are delivered again.
                for (var fresh = dice.Next(8); fresh > 0; fresh--)
                {
                    var (key, number) = ($"user/{dice.Next(4)}", sent.Count + 1);
                    sent.Add((key, number));
                    log.Add(rig.Message(key, number));
                }

                await rig.FeedAsync([.. log.Skip(from)]);
                rig.Clock.Advance(TimeSpan.FromMilliseconds(dice.Next(2_000)));
                await rig.DrainAsync();
                if (dice.Next(5) == 0)
                {
                    rig.Restart();
                }
            }

            rig.FailsOn = _ => null;
            do
            {
                rig.Clock.Advance(TimeSpan.FromMinutes(1));
            }
            while (await rig.DrainAsync());
            foreach (var key in sent.GroupBy(s => s.Key))
            {
                Assert.Equal(key.Select(s => s.Number), await rig.AppliedAsync(key.Key));
            }
        }
    }

    private static int Seed()
    {
        const string Variable = "PAYMENTS_TEST_SEED";
        var seed = int.TryParse(Environment.GetEnvironmentVariable(Variable), out var given) ? given : Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"{Variable}={seed}");
        return seed;
    }
}
