using Payments.Domain;
using Payments.Domain.Cards;

namespace Payments.SagaService.Cards;

internal static class CardCommands
{
    public static Money AmountOf(CardCommand command) => command switch
    {
        CardCommand.Authorise c => c.Amount,
        CardCommand.Capture c => c.Amount,
        CardCommand.Void c => c.Amount,
        CardCommand.Refund c => c.Amount,
        _ => throw new UnreachableStateException(command, null),
    };

    /// <summary>The act in words: <c>authorise</c>, <c>capture</c>, <c>void</c>, <c>refund</c>.</summary>
    public static string NameOf(CardAct act) => act.ToString().ToLowerInvariant();
}
