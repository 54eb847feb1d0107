using Payments.CardProcessor.Books;
using Payments.CardProcessor.Faults;
using Payments.SagaService.Cards;
using SimulationTests.Plans;
using SimulationTests.Worlds;
using Operation = Payments.CardProcessor.Books.Operation;

namespace SimulationTests.Cards;

/// <summary>
/// The card processor and the network before it: its real books, and requests that arrive, arrive late or never, with answers that are
/// heard or not. Others go on while a request is on its way.
/// </summary>
internal sealed class SimulatedProcessor(World world) : Actor(world, "card-processor"), ICardProcessor
{
    private readonly List<(DateTimeOffset At, ProcessorRequest Request)> _late = [];
    private DateTimeOffset _downUntil;

    public AuthorisationLedger Books { get; } = new();

    public override DateTimeOffset? NextAt => _late.Count == 0 ? null : _late.Min(l => l.At);

    public void GoDown(TimeSpan time) => _downUntil = World.Clock.Now + time;

    public void ComeBack() => _downUntil = World.Clock.Now;

    /// <summary>A request that was thought lost arrives. Nobody hears the answer.</summary>
    public override void Step()
    {
        var (at, request) = _late.MinBy(l => l.At);
        _late.Remove((at, request));
        World.Saw($"{request.GetType().Name} arrives late");
        Execute(request, RequestFaults.None);
    }

    public Task<CardOperation?> FindAsync(string key, CancellationToken cancel)
    {
        World.Interlude();
        if (IsDown || World.Strikes(Faults.Processor))
        {
            throw Silence("the look-up has no answer");
        }

        var found = Books.Find(key);
        World.Saw(found is null ? "looked up: nothing" : "looked up: done");
        return Task.FromResult(found is null ? null : Read(found));
    }

    public Task<CardOperation> SendAsync(CardRequest request, CancellationToken cancel)
    {
        World.Interlude();
        var sent = Sent(request);
        if (IsDown)
        {
            throw Silence("the card processor is down");
        }

        if (World.Strikes(Faults.Processor))
        {
            Lose(sent);
        }

        // A capture or a refund that is declined undoes the most, so it is declined the most.
        var declines = World.Strikes(Faults.Processor)
            || (request is CardRequest.Capture or CardRequest.Refund && World.Strikes(Faults.Processor));
        var faults = new RequestFaults(Decline: declines, TimeoutAfterEffect: World.Strikes(Faults.Processor));
        var reply = Execute(sent, faults);
        World.Interlude();
        return reply switch
        {
            Reply.Answer answer => Task.FromResult(Read(answer.Operation)),
            Reply.Lost => throw Silence("the answer is lost after the effect"),
            Reply.Failed => throw Silence("500 before any effect"),
            Reply.Unavailable => throw Silence("503"),
            _ => throw new Violation($"The key of {sent} was used for another request."),
        };
    }

    private bool IsDown => _downUntil > World.Clock.Now;

    // It never arrives, or later than anybody waits for it.
    private void Lose(ProcessorRequest request)
    {
        if (World.Dice.Chance(600))
        {
            _late.Add((World.Clock.Now + World.Dice.Time(2_000, World.Dice.Chance(300) ? 300_000 : 10_000), request));
        }

        throw Silence("no answer in time");
    }

    private Reply Execute(ProcessorRequest request, RequestFaults faults)
    {
        var isNew = Books.Find(request.Key) is null;
        if (isNew && request is ProcessorRequest.Capture capture && Books.Find(capture.Authorisation) is { Voided: true })
        {
            World.Blame($"{request.Key}: a capture after the void.");
        }

        var reply = Books.Execute(request, World.Clock.Now, World.Dice.NewId(), faults);
        if (World.Trace.KeepsText)
        {
            World.Trace.Say(Name, $"{request.Key} {request.Body}: {reply}");
        }

        World.SawIf(
            reply is Reply.Answer { Operation: { Status: OperationStatus.Declined, Code: not null } },
            $"processor declines {(reply as Reply.Answer)?.Operation.Code}");
        return reply;
    }

    private CardTroubleException Silence(string why)
    {
        World.Saw($"processor: {why}");
        if (World.Trace.KeepsText)
        {
            World.Trace.Say(Name, why);
        }

        return new CardTroubleException(why, wasSent: true);
    }

    private static ProcessorRequest Sent(CardRequest request) => request switch
    {
        CardRequest.Authorise r =>
            new ProcessorRequest.Authorise(r.Key, r.Token.Value, r.Amount.Minor, r.Amount.Currency.Code, r.Reference),
        CardRequest.Capture r => new ProcessorRequest.Capture(r.Key, Guid.Parse(r.AuthorisationId), r.Amount.Minor),
        CardRequest.Refund r => new ProcessorRequest.Refund(r.Key, Guid.Parse(r.AuthorisationId), r.Amount.Minor),
        CardRequest.Reverse r => new ProcessorRequest.Reverse(r.Key, r.OriginalKey),
        _ => throw new ArgumentException($"{request} is no request."),
    };

    private static CardOperation Read(Operation o) => new(
        o.Key,
        o.Status == OperationStatus.Approved ? null : o.Code ?? "card_declined",
        o.AuthorisationId?.ToString(),
        o.Amount,
        o.Currency);
}
