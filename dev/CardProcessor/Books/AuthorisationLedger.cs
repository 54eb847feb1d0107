using System.Diagnostics;
using Payments.CardProcessor.Faults;

namespace Payments.CardProcessor.Books;

/// <summary>
/// The processor in memory, for a simulation: the same rules, keys and faults as behind the HTTP API, and nothing but what it is told
/// decides what it does. For one thread.
/// </summary>
public sealed class AuthorisationLedger
{
    private readonly List<Operation> _operations = [];
    private readonly Dictionary<string, (Operation Operation, string Body)> _byKey = [];
    private readonly Dictionary<Guid, Authorisation> _authorisations = [];
    private readonly HashSet<string> _closedKeys = [];
    private readonly Dictionary<string, int> _failures = [];

    /// <summary>Oldest first; the sequence is the index plus one.</summary>
    public IReadOnlyList<Operation> Operations => _operations;

    public IReadOnlyCollection<Authorisation> Authorisations => _authorisations.Values;

    /// <param name="newId">The id of the authorisation, should one be made. Never used before.</param>
    public Reply Execute(ProcessorRequest request, DateTimeOffset at, Guid newId, RequestFaults? faults = null)
    {
        switch (Acquirer.Rule(request, StateOf(request), faults ?? RequestFaults.None, newId))
        {
            case Ruling.Tell tell:
                return tell.Reply;
            case Ruling.Fail:
                _failures[request.Key] = _failures.GetValueOrDefault(request.Key) + 1;
                return new Reply.Failed();
            case Ruling.Enter enter:
                return enter.Reply(Enter(request, enter.Verdict, at));
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>The look-up that settles an unknown outcome; null when nothing was entered under the key.</summary>
    public Operation? Find(string key) => _byKey.TryGetValue(key, out var entered) ? entered.Operation : null;

    public Authorisation? Find(Guid authorisation) => _authorisations.GetValueOrDefault(authorisation);

    public LedgerTotals Totals() => LedgerTotals.Of(_operations.Count, _authorisations.Values);

    private OperationState StateOf(ProcessorRequest request)
    {
        var original = request is ProcessorRequest.Reverse reverse ? Find(reverse.OriginalKey) : null;
        Guid? named = request switch
        {
            ProcessorRequest.Capture c => c.Authorisation,
            ProcessorRequest.Void v => v.Authorisation,
            ProcessorRequest.Refund r => r.Authorisation,
            _ => original is { Kind: OperationKind.Authorise } ? original.AuthorisationId : null,
        };
        return new OperationState
        {
            Earlier = _byKey.TryGetValue(request.Key, out var earlier) ? earlier : null,
            Failures = _failures.GetValueOrDefault(request.Key),
            Reversed = _closedKeys.Contains(request.Key),
            Authorisation = named is { } id ? Find(id) : null,
            Original = original?.Kind,
        };
    }

    private Operation Enter(ProcessorRequest request, Verdict verdict, DateTimeOffset at)
    {
        var operation = verdict.Enter(request, at, _operations.Count + 1);
        _operations.Add(operation);
        _byKey.Add(request.Key, (operation, request.Body));
        if (verdict.After is { } after)
        {
            _authorisations[after.AuthorisationId] = after;
        }

        if (verdict.ClosesOriginal)
        {
            _closedKeys.Add(operation.OriginalKey!);
        }

        return operation;
    }
}
