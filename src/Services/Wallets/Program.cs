using Payments.WalletService;

WalletHost.Build(args).Run();
