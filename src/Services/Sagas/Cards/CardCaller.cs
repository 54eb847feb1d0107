using System.Collections.Concurrent;
using Payments.Domain;
using Payments.Domain.Cards;

namespace Payments.SagaService.Cards;

/// <summary>
/// Has one command carried out: what may have been asked before is looked up first, and sent only when the processor knows nothing of it.
/// Never guesses: without an answer the outcome stays unknown.
/// </summary>
/// <remarks>No clock, no HTTP, no repetition: whoever calls decides when to try again.</remarks>
public sealed class CardCaller(ICardProcessor processor)
{
    /// <summary>Remembered between the acts of a payment. Forgetting one costs a look-up.</summary>
    private const int AuthorisationsMax = 10_000;

    private readonly ConcurrentDictionary<string, string> _authorisations = new(StringComparer.Ordinal);

    /// <param name="maybeAsked">Whether the command may have reached the processor before, with an outcome that nobody heard.</param>
    public async Task<CardOutcome> CallAsync(CardCommand command, bool maybeAsked, CancellationToken cancel)
    {
        try
        {
            if (maybeAsked && await processor.FindAsync(command.Key, cancel) is { } done)
            {
                return Understand(command, done);
            }

            if (await RequestAsync(command, cancel) is not { } request)
            {
                return new CardOutcome.Unknown("the card processor knows of no authorisation to do this on");
            }

            return Understand(command, await processor.SendAsync(request, cancel));
        }
        catch (CardTroubleException trouble)
        {
            return trouble.WasSent ? new CardOutcome.Unknown(trouble.Message) : new CardOutcome.Deferred(trouble.Message);
        }
    }

    private async Task<CardRequest?> RequestAsync(CardCommand command, CancellationToken cancel)
    {
        switch (command)
        {
            case CardCommand.Authorise c:
                return new CardRequest.Authorise(c.Key, c.Token, c.Amount, c.Operation.ToString());
            case CardCommand.Void c:
                return new CardRequest.Reverse(c.Key, CardCommand.KeyOf(c.Operation, CardAct.Authorise));
            case CardCommand.Capture c:
                return await AuthorisationAsync(c.Operation, cancel) is { } toCapture
                    ? new CardRequest.Capture(c.Key, toCapture, c.Amount)
                    : null;
            case CardCommand.Refund c:
                return await AuthorisationAsync(OperationId.For(c.Payment), cancel) is { } toRefund
                    ? new CardRequest.Refund(c.Key, toRefund, c.Amount)
                    : null;
            default:
                throw new UnreachableStateException(command, null);
        }
    }

    private async Task<string?> AuthorisationAsync(OperationId payment, CancellationToken cancel)
    {
        var key = CardCommand.KeyOf(payment, CardAct.Authorise);
        if (_authorisations.TryGetValue(key, out var known))
        {
            return known;
        }

        if (await processor.FindAsync(key, cancel) is { IsApproved: true, AuthorisationId: { } found })
        {
            Remember(key, found);
            return found;
        }

        return null;
    }

    private CardOutcome Understand(CardCommand command, CardOperation done)
    {
        var asked = CardCommands.AmountOf(command);
        if (done.Key != command.Key)
        {
            return new CardOutcome.Unknown($"the card processor answered about '{done.Key}'");
        }

        if (!done.IsApproved)
        {
            return new CardOutcome.Answered(new CardAnswer(command.For, command.Act, asked, done.DeclineCode, command.DeclinedBefore));
        }

        if (command is CardCommand.Authorise && done.AuthorisationId is { } authorisation)
        {
            Remember(done.Key, authorisation);
        }

        // What was undone is what was there, which may be nothing. Everything else is done as asked or not at all.
        if (command is CardCommand.Void)
        {
            var undone = done.Currency == asked.Currency.Code ? new Money(done.Amount, asked.Currency) : Money.Zero(asked.Currency);
            return new CardOutcome.Answered(new CardAnswer(command.For, command.Act, undone, null, command.DeclinedBefore));
        }

        return done.Amount == asked.Minor && done.Currency == asked.Currency.Code
            ? new CardOutcome.Answered(new CardAnswer(command.For, command.Act, asked, null, command.DeclinedBefore))
            : new CardOutcome.Unknown($"the card processor did {done.Amount} {done.Currency} where {asked} was asked");
    }

    private void Remember(string key, string authorisation)
    {
        if (_authorisations.Count >= AuthorisationsMax)
        {
            _authorisations.Clear();
        }

        _authorisations[key] = authorisation;
    }
}
