using System.Runtime.CompilerServices;

namespace SimulationTests.Worlds;

/// <summary>Something is not as it must be.</summary>
internal sealed class Violation(string message) : Exception(message)
{
    /// <param name="message">Made only when it is needed: most of the time all is well.</param>
    public static void Unless(bool holds, [InterpolatedStringHandlerArgument(nameof(holds))] ref Text message)
    {
        if (!holds)
        {
            throw new Violation(message.ToString());
        }
    }

    public static void Unless(bool holds, string message)
    {
        if (!holds)
        {
            throw new Violation(message);
        }
    }

    [InterpolatedStringHandler]
    internal ref struct Text
    {
        private DefaultInterpolatedStringHandler _text;

        public Text(int literalLength, int formattedCount, bool holds, out bool isNeeded)
        {
            isNeeded = !holds;
            _text = holds ? default : new DefaultInterpolatedStringHandler(literalLength, formattedCount);
        }

        public void AppendLiteral(string text) => _text.AppendLiteral(text);

        public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

        public void AppendFormatted<T>(T value, string? format) => _text.AppendFormatted(value, format);

        public override string ToString() => _text.ToString();
    }
}
