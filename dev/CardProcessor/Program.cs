using Payments.CardProcessor;

CardProcessorHost.Build(args).Run();
