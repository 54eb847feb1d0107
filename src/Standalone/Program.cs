using Payments.Standalone;

const int Failure = 1;

if (args is ["--help" or "-h" or "help", ..])
{
    System.Console.Write(StandaloneOptions.Help);
    return 0;
}

using var stop = new CancellationTokenSource();
using var signals = new StopSignals(stop);
try
{
    var options = StandaloneOptions.Parse(args);
    await using var platform = await StandaloneHost.StartAsync(options, System.Console.Error.WriteLine, stop.Token);
    System.Console.WriteLine(ReadyLine.For(platform, options));
    if (platform.FirstSignIn is { } firstSignIn)
        System.Console.WriteLine(firstSignIn);

    var asked = Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop.Token);
    var fault = platform.FaultAsync();
    if (await Task.WhenAny(asked, fault) == asked)
        return 0;
    System.Console.Error.WriteLine($"{await fault} has stopped by itself; stopping the rest.");
    return Failure;
}
catch (CannotStartException obstacle)
{
    System.Console.Error.WriteLine(obstacle.Message);
    return Failure;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    return 0;
}
