using Payments.Domain.Sagas;
using Payments.Domain.Wallets;
using Payments.Messaging.DeadLetters.Incidents;
using Payments.Messaging.DeadLetters.Replays.Rehearsal;
using Payments.Messaging.Topics;
using Payments.PaymentService.Payments;
using Payments.SagaService.Sagas;
using Payments.WalletService.Wallets;

namespace UnitTests.Incidents;

/// <summary>Messages that failed once. Put an incident's capsule into this folder: it fails here until the fault is mended.</summary>
public sealed class IncidentTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Incidents");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Capsules() => [.. Directory.EnumerateFiles(Folder, "*.json").Select(file => Path.GetFileName(file)!)];

    [Theory]
    [MemberData(nameof(Capsules))]
    public async Task What_was_mended_does_not_fail_again(string file)
    {
        var foretold = await TryAsync(IncidentFile.Read(await File.ReadAllBytesAsync(Path.Combine(Folder, file), Cancel)));

        Assert.True(foretold.Failure is null, $"{foretold.Failure?.Type}: {foretold.Failure?.Message}");
    }

    private static Task<Foretold> TryAsync(IncidentFile capsule) => capsule.Consumer switch
    {
        ConsumerNames.Payment => IncidentReproduction.RunAsync(capsule, PaymentAggregate.Consumer, Cancel),
        ConsumerNames.Wallet => IncidentReproduction.RunAsync(capsule, WalletAggregate.Consumer(WalletRules.None), Cancel),
        ConsumerNames.Saga => IncidentReproduction.RunAsync(capsule, SagaAggregate.Consumer(new SagaEngine(new SagaTimeouts())), Cancel),
        _ => throw new NotSupportedException($"There is no consumer {capsule.Consumer}."),
    };
}
