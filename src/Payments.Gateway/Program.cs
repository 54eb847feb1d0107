using Payments.Gateway;

GatewayHost.Build(args).Run();
