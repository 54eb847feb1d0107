namespace Payments.Console;

/// <summary>Builds the host; Program runs it alone, Standalone runs all hosts in one process.</summary>
public static class ConsoleHost
{
    public static WebApplication Build(string[] args) => WebApplication.CreateBuilder(args).Build();
}
