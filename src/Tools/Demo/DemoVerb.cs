using System.CommandLine;

namespace Payments.Tools.Demo;

/// <summary><c>./payments demo</c>: traffic and trouble for a platform that runs.</summary>
internal static class DemoVerb
{
    private const string WhatToFind = """
        What is wrong now is on the overview, each with the way to its cause and to what mends it:
          a consumer that is paused     resume it: until then no payment ends
          a read model that is paused   resume it
          dead letters of the bakery    a dry run says that they would apply by now: replay them
          stuck sagas                   they wait for those: replay, or compensate one
          a breaker that is open        the card processor is down: clear its faults
          a storm of declines           see who is paid by all those cards: freeze the wallet
        """;

    public static Command Command() => DemoOptions.Command(RunAsync);

    private static async Task<int> RunAsync(DemoOptions options, CancellationToken cancel)
    {
        var clock = TimeProvider.System;
        var chance = new Random(options.Seed);
        using var api = new DemoClient(options, clock);
        try
        {
            Tell($"The demo at {options.Gateway}, seed {options.Seed}.");
            Tell("People move into the town, and shops open ...");
            var town = await Town.BuildAsync(api, chance, cancel);
            Tell($"  {town.People.Count} people, {town.Shops.Count} shops.");
            var day = new Day(api, town, options, chance, clock);
            var troubles = new Troubles(api, town, day, clock);
            if (options.Trouble)
            {
                await troubles.PutProcessorRightAsync(cancel);
                Tell("A bug: whatever is paid to the bakery fails from now on ...");
                await troubles.PlantFailureAsync(cancel);
            }

            Tell($"The day begins: {options.Payments} orders ...");
            await day.CheckAsync(Tell, cancel);
            if (options.Trouble)
            {
                await MakeTroubleAsync(troubles, cancel);
            }

            Tell($"Done: {day.Orders} orders. Open the console to see what became of them.");
            if (options.Trouble)
            {
                Tell(WhatToFind);
            }

            return ExitCodes.Well;
        }
        catch (DemoException obstacle)
        {
            System.Console.Error.WriteLine(obstacle.Message);
            return ExitCodes.NotDone;
        }
    }

    private static async Task MakeTroubleAsync(Troubles troubles, CancellationToken cancel)
    {
        Tell("Somebody pauses a read model and forgets it ...");
        await troubles.HoldUpReadModelAsync(cancel);
        Tell("The bakery's messages are tried until they are dead letters; that takes a minute ...");
        Tell(await troubles.UntilDeadAsync(Tell, cancel)
            ? "  The first is a dead letter, with the others waiting behind it. The bug is gone soon: a dry run says when."
            : "  They are still being tried; look again in a minute.");
        Tell("Their sagas ask once more after two minutes, and are stuck then ...");
        Tell(await troubles.UntilStuckAsync(Tell, cancel) ? "  They are." : "  They are still patient; look again in a minute.");
        Tell("Somebody tries one stolen card after the other ...");
        await troubles.StormOfDeclinesAsync(cancel);
        Tell("The card processor goes down ...");
        await troubles.TakeProcessorDownAsync(cancel);
        Tell("Somebody pauses the consumer of the payment service, and goes home ...");
        await troubles.PauseConsumerAsync(cancel);
    }

    private static void Tell(string line) => System.Console.WriteLine(line);
}
