using Payments.Domain.Sagas;

namespace IntegrationTests.Sagas;

/// <summary>One saga whose stream cannot be folded any more: the others go on, and a person is told of it.</summary>
public sealed class CorruptSagaTests(PostgresFixture postgres)
{
    [Fact]
    public async Task A_saga_that_cannot_be_folded_is_an_alert_and_the_others_hear_of_their_deadlines_and_call_the_processor()
    {
        await using var stage = await SagaStage.SetAsync(postgres);
        var soon = new SagaTimeouts { Hold = TimeSpan.FromMilliseconds(1) };
        var (corrupt, well) = (await stage.RequestWalletAsync(timeouts: soon), await stage.RequestWalletAsync(timeouts: soon));
        var (corruptCard, card) = (await stage.RequestCardAsync(), await stage.RequestCardAsync());
        foreach (var saga in new[] { corrupt, corruptCard })
        {
            await stage.QueryAsync<string>(
                """update events set data = '{"nonsense":1}' where stream_id = $1 and stream_version = 1 returning stream_id""",
                $"saga/{saga.Payment}");
        }

        await stage.StartServiceAsync("Invariants:EveryMs=200", "Invariants:GraceMs=0");

        await SagaStage.UntilAsync(
            async () => (await stage.QueryAsync<bool>(
                "select exists (select from events where stream_id = $1 and actor = 'saga-clock')", $"saga/{well.Payment}")).Single(),
            () => "The healthy saga was not told.");
        await stage.ReachAsync(card, "crediting");
        await SagaStage.UntilAsync(
            async () => (await stage.QueryAsync<string>(
                "select subject from alerts where invariant = 'deadlines-are-told' and cleared_at is null"))
                .SequenceEqual([$"saga/{corrupt.Payment}"]),
            () => "There is no alert.");
    }
}
