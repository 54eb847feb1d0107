using Payments.Domain;
using Payments.Domain.Cards;

namespace UnitTests.Sagas.World;

/// <summary>The card processor of the world: one effect for each key; a void also stops an authorisation that comes later.</summary>
internal sealed class CardDesk
{
    public static readonly CardToken Good = CardToken.Parse("tok_good");
    public static readonly CardToken Declined = CardToken.Parse("tok_declined");
    public static readonly CardToken DeclinedLater = CardToken.Parse("tok_declined_at_capture");
    public static readonly CardToken NeverRefunded = CardToken.Parse("tok_declined_at_refund");

    private readonly Dictionary<string, CardAnswer> _byKey = [];
    private readonly Dictionary<OperationId, CardToken> _tokens = [];

    /// <summary>What was done, oldest first.</summary>
    public List<CardCommand> Done { get; } = [];

    /// <summary>
    /// Taken from cards and not given back: money that payees may spend. Of payments that credit first, what is set aside counts too.
    /// </summary>
    public long SpendableMinor(Func<OperationId, bool> creditsFirst) => Done.Sum(command => command switch
    {
        CardCommand.Authorise a => creditsFirst(a.Operation) && !IsVoided(a.Operation) ? a.Amount.Minor : 0,
        CardCommand.Capture c => creditsFirst(c.Operation) ? 0 : c.Amount.Minor,
        CardCommand.Refund r => -r.Amount.Minor,
        _ => 0,
    });

    /// <summary>Taken from cards and not given back.</summary>
    public long CapturedMinor => Done.Sum(command => command switch
    {
        CardCommand.Capture c => c.Amount.Minor,
        CardCommand.Refund r => -r.Amount.Minor,
        _ => 0,
    });

    public bool Has(OperationId operation, CardAct act) => Done.Exists(command => command.For == operation && command.Act == act);

    /// <summary>Does what is asked unless it was asked before; the same key has the same answer for ever.</summary>
    public CardAnswer Ask(CardCommand command)
    {
        if (!_byKey.TryGetValue(command.Key, out var answer))
        {
            var (amount, code) = Rule(command);
            answer = new CardAnswer(command.For, command.Act, amount, code, command.DeclinedBefore);
            _byKey.Add(command.Key, answer);
            if (code is null)
            {
                Done.Add(command);
            }
        }

        return answer;
    }

    private (Money Amount, string? Code) Rule(CardCommand command)
    {
        switch (command)
        {
            case CardCommand.Authorise a:
                _tokens[a.Operation] = a.Token;
                return (a.Amount, IsVoided(a.Operation) ? "reversed" : a.Token == Declined ? "card_declined" : null);
            case CardCommand.Capture c:
                var declined = IsVoided(c.Operation) || !Has(c.Operation, CardAct.Authorise) || _tokens[c.Operation] == DeclinedLater;
                return (c.Amount, declined ? "authorisation_expired" : null);
            case CardCommand.Void v:
                return (v.Amount, Has(v.Operation, CardAct.Capture) ? "already_captured" : null);
            case CardCommand.Refund r:
                var payment = OperationId.For(r.Payment);
                var refused = _tokens[payment] == NeverRefunded && (r.Operation != payment || r.Declines == 0); // An undoing, once.
                return (r.Amount, !Has(payment, CardAct.Capture) || refused ? "refund_declined" : null);
            default:
                throw new UnreachableStateException(this, command);
        }
    }

    private bool IsVoided(OperationId operation) => Has(operation, CardAct.Void);
}
