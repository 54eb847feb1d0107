using Payments.Gateway;

var app = GatewayHost.Build(args);
app.Lifetime.ApplicationStarted.Register(() =>
{
    if (app.Services.GetService<FirstAdminNotice>()?.Line is { } firstSignIn)
    {
        Console.Out.WriteLine(firstSignIn);
    }
});
app.Run();
