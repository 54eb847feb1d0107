using Payments.SagaService;

SagaHost.Build(args).Run();
