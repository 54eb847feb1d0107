using Payments.Gateway;
using Payments.Gateway.Operators;

var app = GatewayHost.Build(args);
app.Lifetime.ApplicationStarted.Register(() =>
{
    // At once, or when the operators' database has come back.
    _ = app.Services.GetService<FirstAdminNotice>()?.LineAsync
        .ContinueWith(line => Console.Out.WriteLine(line.Result), TaskScheduler.Default);
});
app.Run();
