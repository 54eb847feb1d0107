namespace Payments.Console;

/// <summary>Who acts in the console, as the audit of the services names them.</summary>
internal static class ConsoleOperator
{
    public const string Header = "X-Operator";

    /// <summary>Everybody, as long as nobody signs in.</summary>
    public const string Name = "console";
}
