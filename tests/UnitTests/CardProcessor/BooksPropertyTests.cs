using FsCheck;
using FsCheck.Fluent;
using Payments.CardProcessor.Books;
using Payments.CardProcessor.Faults;
using UnitTests.Randomness;
using static Payments.CardProcessor.Books.ProcessorRequest;

namespace UnitTests.CardProcessor;

/// <summary>Any requests in any order, under so few keys that repeats, reuse and reversals of each other's keys are common.</summary>
public sealed class BooksPropertyTests
{
    private static readonly Gen<string> Keys = Gen.Choose(1, 30).Select(number => $"key-{number}");
    private static readonly Gen<string> Tokens =
        Gen.Frequency(
            (6, Gen.Constant(CardTokens.Ok)),
            (1, Gen.Elements(CardTokens.Timeout, CardTokens.Flaky, CardTokens.Declined, CardTokens.Down)));

    private static readonly Gen<string?> Currencies =
        Gen.Frequency((8, Gen.Constant<string?>(null)), (1, Gen.Elements<string?>("EUR", "USD")));
    private static readonly Gen<Guid> Authorisations = Gen.Choose(1, 3).Select(BooksScenario.Id);

    // So few that what is captured often comes to exactly what was authorised.
    private static readonly Gen<long> Amounts = Gen.Choose(1, 4).Select(tens => tens * 10L);

    private static readonly Gen<ProcessorRequest> Requests = Gen.OneOf<ProcessorRequest>(
        from key in Keys
        from token in Tokens
        from amount in Amounts
        from currency in Gen.Elements("EUR", "USD")
        select (ProcessorRequest)new Authorise(key, token, amount, currency),
        from key in Keys
        from of in Authorisations
        from amount in Amounts
        from currency in Currencies
        select (ProcessorRequest)new Capture(key, of, amount, currency),
        from key in Keys from of in Authorisations select (ProcessorRequest)new ProcessorRequest.Void(key, of),
        from key in Keys
        from of in Authorisations
        from amount in Amounts
        from currency in Currencies
        select (ProcessorRequest)new Refund(key, of, amount, currency),
        from key in Keys from original in Keys where original != key select (ProcessorRequest)new Reverse(key, original));

    private static readonly Gen<RequestFaults> Mishaps = Gen.Frequency(
        (6, Gen.Constant(RequestFaults.None)),
        (1, Gen.Constant(new RequestFaults(Decline: true))),
        (1, Gen.Constant(new RequestFaults(TimeoutAfterEffect: true))),
        (1, Gen.Choose(1, 100).Select(seed => new RequestFaults(ErrorPercent: 50, Seed: seed))));

    private static readonly Arbitrary<Step[]> Runs =
        (from request in Requests from faults in Mishaps select new Step(request, faults)).ArrayOf().Resize(80).ToArbitrary();

    [Fact]
    public void Never_is_more_captured_than_authorised_or_more_refunded_than_captured() => Invariant.HoldsForAll(Runs, run =>
    {
        var acquirer = new BooksScenario();
        foreach (var step in run)
        {
            acquirer.Execute(step.Request, step.Faults);
            Assert.All(acquirer.Books.Authorisations, a => Assert.True(
                a is { Refunded: >= 0, Refundable: >= 0, Open: >= 0 } && a.Refunded <= a.Captured && a.Captured <= a.Amount, a.ToString()));
        }
    });

    [Fact]
    public void The_operations_add_up_to_the_authorisations() => Invariant.HoldsForAll(Runs, run =>
    {
        var books = After(run).Books;

        var approved = books.Operations.Where(o => o.Status == OperationStatus.Approved).ToLookup(o => o.AuthorisationId);
        Assert.All(books.Authorisations, a => Assert.Equal(
            (a.Amount, a.Captured, a.Refunded, a.Voided ? a.Amount - a.Captured : 0),
            (Sum(a, OperationKind.Authorise), Sum(a, OperationKind.Capture), Sum(a, OperationKind.Refund),
                Sum(a, OperationKind.Void) + Sum(a, OperationKind.Reverse))));
        Assert.Equal(Enumerable.Range(1, books.Operations.Count).Select(n => (long)n), books.Operations.Select(o => o.Sequence));

        long Sum(Authorisation a, OperationKind kind) => approved[a.AuthorisationId].Where(o => o.Kind == kind).Sum(o => o.Amount);
    });

    [Fact]
    public void Whatever_is_repeated_changes_nothing_and_is_answered_as_before() => Invariant.HoldsForAll(Runs, run =>
    {
        var acquirer = After(run);
        var (operations, authorisations, totals) =
            (acquirer.Books.Operations.ToList(), acquirer.Books.Authorisations.ToList(), acquirer.Books.Totals());

        foreach (var (request, faults) in run.Where(step => acquirer.Books.Find(step.Request.Key) is not null))
        {
            var reply = acquirer.Execute(request, faults);
            Assert.True(reply is Reply.KeyReused || reply.Equals(new Reply.Answer(acquirer.Books.Find(request.Key)!)), reply.ToString());
        }

        Assert.Equal(operations, acquirer.Books.Operations);
        Assert.Equal(authorisations, acquirer.Books.Authorisations);
        Assert.Equal(totals.Currencies, acquirer.Books.Totals().Currencies);
    });

    [Fact]
    public void However_a_reversal_and_its_authorisation_meet_nothing_stays_authorised()
    {
        var posts = Gen.Elements(CardTokens.Ok, CardTokens.Timeout, CardTokens.Flaky).SelectMany(token =>
            Gen.Choose(0, 3).SelectMany(reversal => Gen.Constant(reversal == 0
                ? (ProcessorRequest)new Authorise("order-1", token, 1_000, "EUR")
                : new Reverse($"reversal-{reversal}", "order-1"))));
        Invariant.HoldsForAll(posts.ArrayOf().Where(all => all.Any(r => r is Reverse)).ToArbitrary(), requests =>
        {
            var acquirer = new BooksScenario();
            foreach (var request in requests)
            {
                acquirer.Execute(request);
            }

            Assert.Equal(0, acquirer.Books.Authorisations.Sum(a => a.Open));
            Assert.True(acquirer.Books.Authorisations.Count <= 1);

            // And it stays so, however late the card's request comes.
            acquirer.Execute(new Authorise("order-1", CardTokens.Ok, 1_000, "EUR"));
            Assert.Equal(0, acquirer.Books.Authorisations.Sum(a => a.Open));
        });
    }

    [Fact]
    public void The_books_in_memory_do_what_the_rules_say_of_the_whole_history() => Invariant.HoldsForAll(Runs, run =>
    {
        var acquirer = new BooksScenario();
        var history = new History();
        foreach (var (request, faults) in run)
        {
            var at = BooksScenario.Start.AddSeconds(history.Steps);
            Assert.Equal(history.Execute(request, faults, at), acquirer.Execute(request, faults));
        }

        Assert.Equal(history.Operations, acquirer.Books.Operations);
        Assert.Equal(history.Authorisations.Values, acquirer.Books.Authorisations);
    });

    /// <summary>Else the properties would be true of little.</summary>
    [Fact]
    public void The_random_runs_meet_every_kind_of_end()
    {
        var met = new HashSet<string>();
        Invariant.HoldsForAll(Runs, run => met.UnionWith(After(run).Books.Operations.Select(o => $"{o.Kind} {o.Code ?? "approved"}")));

        Assert.Superset(
            new HashSet<string>
            {
                "Authorise approved", "Authorise card_declined", "Authorise declined", "Authorise reversed",
                "Capture approved", "Capture already_voided", "Capture amount_exceeds_authorised", "Capture currency_mismatch",
                "Capture authorisation_not_found", "Void approved", "Void already_voided", "Void already_captured",
                "Refund approved", "Refund amount_exceeds_captured", "Refund currency_mismatch",
                "Reverse voided", "Reverse nothing_to_reverse", "Reverse already_captured", "Reverse not_an_authorisation",
            },
            met);
    }

    private static BooksScenario After(Step[] run)
    {
        var acquirer = new BooksScenario();
        Array.ForEach(run, step => acquirer.Execute(step.Request, step.Faults));
        return acquirer;
    }

    private sealed record Step(ProcessorRequest Request, RequestFaults Faults);

    /// <summary>The same rules over what was written so far, found by looking through all of it.</summary>
    private sealed class History
    {
        private readonly List<(ProcessorRequest Request, Operation Operation)> _entered = [];
        private readonly List<string> _failed = [];

        public int Steps { get; private set; }

        public IEnumerable<Operation> Operations => _entered.Select(e => e.Operation);

        public Dictionary<Guid, Authorisation> Authorisations { get; } = [];

        public Reply Execute(ProcessorRequest request, RequestFaults faults, DateTimeOffset at)
        {
            Steps++;
            switch (Acquirer.Rule(request, StandingOf(request), faults, BooksScenario.Id(Authorisations.Count + 1)))
            {
                case Ruling.Tell tell:
                    return tell.Reply;
                case Ruling.Enter enter:
                    var operation = enter.Verdict.Enter(request, at, _entered.Count + 1);
                    _entered.Add((request, operation));
                    if (enter.Verdict.After is { } after)
                    {
                        Authorisations[after.AuthorisationId] = after;
                    }

                    return enter.Reply(operation);
                default:
                    _failed.Add(request.Key);
                    return new Reply.Failed();
            }
        }

        private OperationState StandingOf(ProcessorRequest request)
        {
            var original = request is Reverse r ? Entered(r.OriginalKey)?.Operation : null;
            var named = request switch
            {
                Capture c => c.Authorisation,
                ProcessorRequest.Void v => v.Authorisation,
                Refund f => f.Authorisation,
                _ => original is { Kind: OperationKind.Authorise, AuthorisationId: { } id } ? id : Guid.Empty,
            };
            return new OperationState
            {
                Earlier = Entered(request.Key) is var (earlier, entered) ? (entered, earlier.Body) : null,
                Failures = _failed.Count(key => key == request.Key),
                Reversed = _entered.Any(e => e.Request is Reverse before && before.OriginalKey == request.Key
                    && e.Operation is { Code: ProcessorCodes.NothingToReverse, AuthorisationId: null }),
                Authorisation = Authorisations.GetValueOrDefault(named),
                Original = original?.Kind,
            };
        }

        private (ProcessorRequest Request, Operation Operation)? Entered(string key) =>
            _entered.FirstOrDefault(e => e.Operation.Key == key) is { Request: not null } found ? found : null;
    }
}
