using System.Collections.Immutable;

namespace Payments.Domain.Wallets;

/// <summary>What a wallet may send out, in minor units; null for no limit.</summary>
/// <param name="PerTransactionMinor">The most in one withdrawal or hold.</param>
/// <param name="PerDayMinor">The most in one day (UTC), released holds of the same day not counted.</param>
public sealed record SpendingLimits(long? PerTransactionMinor, long? PerDayMinor)
{
    public static readonly SpendingLimits None = new(null, null);
}

/// <summary>The rules of the business that are set by configuration, by currency.</summary>
public sealed record WalletRules(ImmutableDictionary<Currency, SpendingLimits> Limits)
{
    public static readonly WalletRules None = new(ImmutableDictionary<Currency, SpendingLimits>.Empty);

    public SpendingLimits For(Currency currency) => Limits.GetValueOrDefault(currency) ?? SpendingLimits.None;
}
