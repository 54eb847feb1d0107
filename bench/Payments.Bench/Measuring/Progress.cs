namespace Payments.Bench.Measuring;

/// <summary>Tells on the error stream what is going on: a line that is written over on a terminal, a line a step elsewhere.</summary>
internal static class Progress
{
    private static readonly bool Terminal = !System.Console.IsErrorRedirected;
    private static int _lengthShown;

    /// <summary>A new step.</summary>
    public static void Step(string text)
    {
        if (Terminal)
            Overwrite(text);
        else
            System.Console.Error.WriteLine(text);
    }

    /// <summary>How the step goes on; only where it can be written over.</summary>
    public static void Detail(string text)
    {
        if (Terminal)
            Overwrite(text);
    }

    /// <summary>Makes room for results.</summary>
    public static void Clear()
    {
        if (Terminal)
            Overwrite("");
    }

    private static void Overwrite(string text)
    {
        System.Console.Error.Write("\r" + text.PadRight(_lengthShown) + (text.Length == 0 ? "\r" : ""));
        _lengthShown = text.Length;
    }
}
