namespace Payments.PaymentService.Payments;

/// <summary>A piece of a request as an answer may repeat it.</summary>
internal static class Truncate
{
    private const int LengthMax = 64;

    public static string Text(string text) => text.Length > LengthMax ? text[..LengthMax] + "…" : text;
}
