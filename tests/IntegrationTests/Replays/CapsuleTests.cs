using System.Net;
using System.Text;
using IntegrationTests.Wallets;
using Payments.Domain;
using Payments.Domain.Wallets;
using Payments.Messaging.Consuming;
using Payments.Messaging.DeadLetters.Incidents;
using Payments.Messaging.DeadLetters.Replays.Rehearsal;
using Payments.Messaging.Envelope;
using Payments.Messaging.Parking;

namespace IntegrationTests.Replays;

/// <summary>A dead letter is taken out of a service that runs, as a file, and fails again here as it did there.</summary>
public sealed class CapsuleTests(PostgresFixture postgres) : IAsyncLifetime
{
    private WalletPlatform _platform = null!;
    private ReplayStage<Wallet, WalletEvent> _stage = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _platform = await WalletPlatform.StartAsync(postgres);
        _stage = WalletLetters.Stage(_platform.Database);
    }

    public async ValueTask DisposeAsync()
    {
        await _stage.DisposeAsync();
        await _platform.DisposeAsync();
    }

    [Fact]
    public async Task What_the_consumer_could_not_handle_fails_in_the_same_way_in_memory_and_no_longer_once_it_is_mended()
    {
        var wallet = (await _stage.OpenAsync(1))[0];
        var credit = WalletLetters.Credit(wallet, 2_500);
        var fault = Fault(credit);
        await _stage.ParkAsync(credit.Dead(_stage.Consumer.Name, fault));
        var later = new WalletCommand.Deposit(new(Guid.CreateVersion7()), new Money(7, WalletLetters.Eur), null);
        await _stage.DecideAsync([(wallet, (state, now) => Wallet.Decide(state, later, now))]);

        var capsule = IncidentFile.Read(await FileAsync(1));

        Assert.Equal(("wallets", $"wallet/{wallet}", true), (capsule.Log, capsule.Stream, capsule.IsWhole));
        Assert.Equal(["wallet.opened.v1", "wallet.deposited.v1"], capsule.Events.Select(e => e.Type)); // Not what came after the failure.
        var faulty = await IncidentReproduction.RunAsync(capsule, Broken, Cancel);
        Assert.Equal((ForetoldOutcome.Fails, fault.Fingerprint), (faulty.Outcome, faulty.Failure!.Fingerprint));
        Assert.Equal(capsule.Letter.Fingerprint, faulty.Failure.Fingerprint);

        var mended = await IncidentReproduction.RunAsync(capsule, _stage.Consumer, Cancel);
        Assert.Equal(ForetoldOutcome.Applies, mended.Outcome);
        Assert.Equal("wallet.funds-credited.v1", Assert.Single(mended.Events!).Type);
    }

    [Fact]
    public async Task Half_a_message_fails_for_the_same_reason_and_what_it_is_about_is_known_by_its_key()
    {
        var wallet = (await _stage.OpenAsync(1))[0];
        await _stage.ParkAsync(WalletLetters.Hold(wallet).Truncated().Dead(
            _stage.Consumer.Name, new("WireFormatException", "It ends too early.", null, true)));

        var capsule = IncidentFile.Read(await FileAsync(1));

        Assert.Equal($"wallet/{wallet}", capsule.Stream);
        Assert.Equal(2, capsule.Events.Count);
        Assert.Equal("WireFormatException", (await IncidentReproduction.RunAsync(capsule, _stage.Consumer, Cancel)).Failure!.Type);
    }

    [Fact]
    public async Task No_person_is_named_in_the_file()
    {
        var wallet = (await _stage.OpenAsync(1))[0];
        await _stage.ParkAsync(WalletLetters.Credit(wallet).Dead(
            _stage.Consumer.Name, new("FormatException", $"'user-{wallet:N}' is unknown.", null, true)));

        var file = Encoding.UTF8.GetString(await FileAsync(1));

        Assert.DoesNotContain($"user-{wallet:N}", file, StringComparison.Ordinal);
        Assert.Contains("\"owner\": \"person-1\"", file, StringComparison.Ordinal);
        Assert.Contains("The history of the saga service", file, StringComparison.Ordinal); // This platform has none.
    }

    [Fact]
    public async Task There_is_none_of_what_is_no_dead_letter()
    {
        using var response = await _platform.Api.Http.GetAsync("/api/admin/wallets/dead-letters/99/capsule", Cancel);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    private ConsumerDefinition<Wallet, WalletEvent> Broken =>
        _stage.Consumer with { Interpret = message => throw new InvalidOperationException($"A bug that meets {message.Headers.Type}.") };

    // As the consumer itself tells it.
    private Failure Fault(Message message) =>
        new MessageHandling<Wallet, WalletEvent>(Broken, _stage.Store, _stage.Aggregates, 1, TimeProvider.System)
            .Interpret(message).Failure!;

    private async Task<byte[]> FileAsync(long id)
    {
        using var response = await _platform.Api.Http.GetAsync($"/api/admin/wallets/dead-letters/{id}/capsule", Cancel);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal($"incident-wallets-{id}.json", response.Content.Headers.ContentDisposition!.FileName);
        return await response.Content.ReadAsByteArrayAsync(Cancel);
    }
}
