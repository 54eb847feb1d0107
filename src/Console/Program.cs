using Payments.Console;

ConsoleHost.Build(args).Run();
