using Payments.Domain;
using Payments.Domain.Cards;
using Payments.Domain.Sagas;
using Payments.SagaService.Cards;
using SimulationTests.Plans;
using SimulationTests.Worlds;

namespace SimulationTests.Cards;

/// <summary>
/// The card workers of the saga service: take calls that are due, have the real caller make them, and tell the sagas the answers.
/// </summary>
internal sealed class CardDesk : Actor
{
    private static readonly CardStepOptions Options = new();

    private CardCaller _caller;

    public CardDesk(World world)
        : base(world, "card-worker") => _caller = new CardCaller(world.Processor);

    public override DateTimeOffset? NextAt => World.CardCalls.Next;

    public override void Step()
    {
        var now = World.Clock.Now;
        if (World.CardCalls.Lease(World.Dice.NewId(), now, Options.Lease) is not { } call)
        {
            return;
        }

        World.SawIf(call.MaybeAsked(now), "card call asked again");
        try
        {
            Make(call);
        }
        catch (Crashed)
        {
            _caller = new CardCaller(World.Processor); // The call comes back when its lease ends.
        }
    }

    private void Make(LeasedCall call)
    {
        var command = call.Command();
        var outcome = Result(_caller.CallAsync(command, call.MaybeAsked(World.Clock.Now), CancellationToken.None));
        if (World.Strikes(Faults.Crashes))
        {
            World.Saw("crash between the card's answer and the saga");
            throw new Crashed();
        }

        switch (outcome)
        {
            case CardOutcome.Answered { Answer: var answer }:
                Tell(call, answer);
                break;
            case CardOutcome.Unknown { Why: var why }:
                World.Saw($"card outcome unknown: {command.Act}");
                PutOff(call, why);
                break;
            default:
                throw new Violation($"{outcome} where everything is sent.");
        }
    }

    private void Tell(LeasedCall call, CardAnswer answer)
    {
        var signal = new Signal.OfCard(answer);
        var wasIgnored = false;
        var outcome = World.Sagas.Execute(call.Saga, call.Payment, Name, (state, now) =>
        {
            var events = World.Engine.React(state, signal, now);
            wasIgnored = events.IsEmpty;
            return new Decision<SagaEvent>.Accepted(events);
        });
        if (outcome is not null && wasIgnored)
        {
            World.Saw("card answer ignored");
            PutOff(call, "ignored");
        }
    }

    private void PutOff(LeasedCall call, string why)
    {
        var pauseMs = Math.Min(Options.RetryBaseMs * Math.Pow(2, Math.Min(call.Calls, 30)), Options.RetryLongestMs);
        World.CardCalls.PutOff(call, World.Clock.Now + TimeSpan.FromMilliseconds(pauseMs), count: true);
        if (World.Trace.KeepsText)
        {
            World.Trace.Say(Name, $"puts off the call of {call.Saga}: {why}");
        }
    }
}
