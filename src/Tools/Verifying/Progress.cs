using System.Globalization;

namespace Payments.Tools.Verifying;

/// <summary>How far a long verification has come: one line on a terminal, written over; nothing elsewhere.</summary>
internal sealed class Progress(string log)
{
    private readonly bool _isTerminal = !System.Console.IsErrorRedirected;
    private int _lengthShown;

    public void Tell(long done, long of)
    {
        if (_isTerminal)
            Show(string.Create(CultureInfo.InvariantCulture, $"{log}: {done:N0} of {of:N0} events"));
    }

    public void Clear()
    {
        if (_lengthShown > 0)
            Show("\r");
    }

    private void Show(string text)
    {
        System.Console.Error.Write("\r" + text.TrimEnd('\r').PadRight(_lengthShown) + (text == "\r" ? text : ""));
        _lengthShown = text.Length;
    }
}
