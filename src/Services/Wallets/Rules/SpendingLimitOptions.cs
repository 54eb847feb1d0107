using System.Collections.Immutable;
using Payments.Domain;
using Payments.Domain.Wallets;

namespace Payments.WalletService.Rules;

/// <summary>Limits of one currency, from the section <c>Rules:Limits:{currency}</c>. Minor units; none unless given.</summary>
internal sealed record SpendingLimitOptions
{
    public const string Section = "Rules:Limits";

    /// <summary>The most in one withdrawal or hold.</summary>
    public long? PerTransactionMinor { get; init; }

    /// <summary>The most in one day (UTC).</summary>
    public long? PerDayMinor { get; init; }

    /// <summary>The rules of all wallets.</summary>
    /// <exception cref="InvalidOperationException">No such currency, no such limit, or one below 1: the service does not start.</exception>
    public static WalletRules From(IConfiguration configuration)
    {
        var limits = ImmutableDictionary.CreateBuilder<Currency, SpendingLimits>();
        foreach (var section in configuration.GetSection(Section).GetChildren())
        {
            if (!Currency.TryParse(section.Key, out var currency))
            {
                throw new InvalidOperationException($"'{section.Key}' in the section '{Section}' is no ISO 4217 currency.");
            }

            var given = section.Get<SpendingLimitOptions>(binder => binder.ErrorOnUnknownConfiguration = true)
                ?? new SpendingLimitOptions();
            if (given.PerTransactionMinor < 1 || given.PerDayMinor < 1)
            {
                throw new InvalidOperationException($"Every limit in the section '{section.Path}' is a number of minor units from 1.");
            }

            limits.Add(currency, new SpendingLimits(given.PerTransactionMinor, given.PerDayMinor));
        }

        return new WalletRules(limits.ToImmutable());
    }
}
