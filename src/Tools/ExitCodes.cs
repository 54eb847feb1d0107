namespace Payments.Tools;

/// <summary>What the program ends with, whichever verb was run.</summary>
internal static class ExitCodes
{
    public const int Well = 0;

    /// <summary>It was done, and something was found that is not as it should be.</summary>
    public const int Findings = 1;

    /// <summary>It could not be done.</summary>
    public const int NotDone = 2;
}
