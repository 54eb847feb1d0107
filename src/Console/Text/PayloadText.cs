using System.Globalization;
using System.Text;
using Payments.Contracts.DeadLetters;

namespace Payments.Console.Text;

/// <summary>Payloads for people, whatever they are.</summary>
public static class PayloadText
{
    private const int BytesPerLine = 16;
    private const int BytesMax = 4_096;

    public static string Of(PayloadView payload) =>
        payload.Json is { } json ? JsonText.SetOut(json) : payload.Text ?? Dump(Convert.FromBase64String(payload.Base64 ?? ""));

    public static string Kind(PayloadView payload) => payload.Json is not null ? "JSON" : payload.Text is not null ? "text" : "bytes";

    // Offset, hexadecimal, and what of it is ASCII.
    private static string Dump(byte[] bytes)
    {
        var text = new StringBuilder();
        for (var at = 0; at < Math.Min(bytes.Length, BytesMax); at += BytesPerLine)
        {
            var line = bytes.AsSpan(at, Math.Min(BytesPerLine, bytes.Length - at));
            text.Append(CultureInfo.InvariantCulture, $"{at:x4}  ");
            for (var i = 0; i < BytesPerLine; i++)
            {
                text.Append(i < line.Length ? line[i].ToString("x2", CultureInfo.InvariantCulture) : "  ").Append(' ');
            }

            text.Append(' ');
            foreach (var value in line)
            {
                text.Append(value is >= 0x20 and < 0x7f ? (char)value : '·');
            }

            text.Append('\n');
        }

        return bytes.Length > BytesMax
            ? text.Append(CultureInfo.InvariantCulture, $"… {bytes.Length - BytesMax} more bytes").ToString()
            : text.ToString();
    }
}
