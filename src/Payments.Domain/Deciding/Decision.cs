using System.Collections.Immutable;

namespace Payments.Domain;

/// <summary>What a command leads to: events to store (none when it was already done), or a business refusal.</summary>
public abstract record Decision<TEvent>
{
    private Decision()
    {
    }

    /// <summary>The command is obeyed; an empty list means that the same command was obeyed before.</summary>
    public sealed record Accepted(ImmutableArray<TEvent> Events) : Decision<TEvent>;

    /// <summary>The command breaks a rule of the business; nothing happened.</summary>
    public sealed record Refused(Refusal Reason) : Decision<TEvent>;
}

/// <summary>Why a command was refused.</summary>
/// <param name="Code">Stable snake_case code for programs, for example <c>insufficient_funds</c>.</param>
/// <param name="Message">One sentence for people.</param>
public sealed record Refusal(string Code, string Message);

/// <summary>The codes of all refusals and failures: part of the public API, never renamed.</summary>
public static class RefusalCodes
{
    public const string AlreadyExists = "already_exists";
    public const string AmountOutOfRange = "amount_out_of_range";
    public const string BalanceLimit = "balance_limit";
    public const string CurrencyMismatch = "currency_mismatch";
    public const string HoldNotFound = "hold_not_found";
    public const string InsufficientFunds = "insufficient_funds";
    public const string PaymentFinal = "payment_final";
    public const string PaymentNotFound = "payment_not_found";
    public const string SameWallet = "same_wallet";
    public const string WalletNotFound = "wallet_not_found";
}

/// <summary>A fold met an event that its state cannot have: a corrupt stream or a bug. Stop, never skip.</summary>
public sealed class UnreachableStateException(object? state, object? happened)
    : InvalidOperationException($"{happened?.GetType().Name ?? "nothing"} cannot happen to {state?.GetType().Name ?? "nothing"}: {state}.");
