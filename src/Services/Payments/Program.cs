using Payments.PaymentService;

PaymentHost.Build(args).Run();
