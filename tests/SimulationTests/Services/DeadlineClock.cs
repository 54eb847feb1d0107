using Payments.Domain.Sagas;
using Payments.SagaService.Sagas;
using SimulationTests.Worlds;

namespace SimulationTests.Services;

/// <summary>Tells sagas that their deadline has passed, as the saga service's clock does: every second, from the table.</summary>
internal sealed class DeadlineClock(World world) : Actor(world, "saga-clock")
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private DateTimeOffset _looksAt;

    public override DateTimeOffset? NextAt => World.SagaTable.FirstDeadline is { } due ? (due > _looksAt ? due : _looksAt) : null;

    public override void Step()
    {
        _looksAt = World.Clock.Now + Every;
        foreach (var (saga, phase, _) in World.SagaTable.Due(World.Clock.Now))
        {
            var signal = new Signal.DeadlinePassed(PhaseNames.StoredOf(phase));
            var payment = World.Sagas.Watch.Find(saga)!.Terms.Payment.Payment.Value;
            var outcome = World.Sagas.Execute(
                saga, payment, Name, (state, now) => SagaAggregate.Decide(World.Engine, state, signal, now));
            World.Saw("deadline passed");
            if (outcome is null)
            {
                return; // Trouble: the next second tries again.
            }
        }
    }
}
