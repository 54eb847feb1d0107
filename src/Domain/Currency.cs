using System.Collections.Frozen;

namespace Payments.Domain;

/// <summary>An ISO 4217 currency: its three-letter code and the number of digits after the decimal point of its major unit.</summary>
/// <remarks>
/// The table is ISO 4217 list one of 2026-01-01 without precious metals, units of account, test codes, and the codes of funds other
/// than CLF, UYI and UYW.
/// </remarks>
public readonly record struct Currency
{
    private const string ExponentZero = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF";
    private const string ExponentThree = "BHD IQD JOD KWD LYD OMR TND";
    private const string ExponentFour = "CLF UYW";
    private const string ExponentTwo =
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE " +
        "CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW " +
        "KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK " +
        "PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS " +
        "UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG";

    private static readonly FrozenDictionary<string, Currency> Known = Table();

    private readonly string? _code;

    private Currency(string code, int exponent)
    {
        _code = code;
        Exponent = exponent;
    }

    /// <summary>The ISO 4217 alphabetic code, upper case, for example <c>EUR</c>.</summary>
    public string Code => _code ?? throw new InvalidOperationException("An uninitialised currency has no code.");

    /// <summary>Digits of the minor unit: 2 for EUR, 0 for JPY, 3 for KWD.</summary>
    public int Exponent { get; }

    /// <summary>Every currency the platform accepts.</summary>
    public static IReadOnlyCollection<Currency> All => Known.Values;

    /// <summary>Looks a code up. Codes are exact: lower case or padded codes are not currencies.</summary>
    public static bool TryParse(string? code, out Currency currency)
    {
        currency = default;
        return code is not null && Known.TryGetValue(code, out currency);
    }

    /// <summary>Looks a code up that must exist.</summary>
    /// <exception cref="FormatException">The code is not an ISO 4217 currency.</exception>
    public static Currency Parse(string code) =>
        TryParse(code, out var currency) ? currency : throw new FormatException($"'{code}' is not an ISO 4217 currency.");

    public override string ToString() => Code;

    private static FrozenDictionary<string, Currency> Table()
    {
        var table = new Dictionary<string, Currency>(StringComparer.Ordinal);
        foreach (var (codes, exponent) in new[] { (ExponentZero, 0), (ExponentTwo, 2), (ExponentThree, 3), (ExponentFour, 4) })
        {
            foreach (var code in codes.Split(' '))
            {
                table.Add(code, new Currency(code, exponent));
            }
        }

        return table.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
