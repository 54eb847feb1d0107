using System.Text.Json.Serialization;
using Payments.Domain.Payments;
using Payments.Domain.Sagas;
using Payments.Domain.Wallets;

namespace Payments.Domain.Wire;

/// <summary>Source-generated JSON of everything stored or sent. Unknown members are refused: a reader must know what it acts on.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(WalletEvent.Opened), TypeInfoPropertyName = "WalletOpened")]
[JsonSerializable(typeof(WalletEvent.Deposited))]
[JsonSerializable(typeof(WalletEvent.Withdrawn))]
[JsonSerializable(typeof(WalletEvent.FundsHeld))]
[JsonSerializable(typeof(WalletEvent.FundsInsufficient))]
[JsonSerializable(typeof(WalletEvent.HoldReleased))]
[JsonSerializable(typeof(WalletEvent.HoldCaptured))]
[JsonSerializable(typeof(WalletEvent.FundsCredited))]
[JsonSerializable(typeof(WalletEvent.CreditRefused))]
[JsonSerializable(typeof(WalletCommand.Hold), TypeInfoPropertyName = "HoldCommand")]
[JsonSerializable(typeof(WalletCommand.Release), TypeInfoPropertyName = "ReleaseCommand")]
[JsonSerializable(typeof(WalletCommand.Capture), TypeInfoPropertyName = "CaptureCommand")]
[JsonSerializable(typeof(WalletCommand.Credit), TypeInfoPropertyName = "CreditCommand")]
[JsonSerializable(typeof(PaymentEvent.Requested), TypeInfoPropertyName = "PaymentRequested")]
[JsonSerializable(typeof(PaymentEvent.Completed), TypeInfoPropertyName = "PaymentCompleted")]
[JsonSerializable(typeof(PaymentEvent.Failed), TypeInfoPropertyName = "PaymentFailed")]
[JsonSerializable(typeof(PaymentCommand.Complete), TypeInfoPropertyName = "CompleteCommand")]
[JsonSerializable(typeof(PaymentCommand.Fail), TypeInfoPropertyName = "FailCommand")]
[JsonSerializable(typeof(SagaEvent.Started), TypeInfoPropertyName = "SagaStarted")]
[JsonSerializable(typeof(SagaEvent.Moved), TypeInfoPropertyName = "SagaMoved")]
[JsonSerializable(typeof(SagaEvent.WentOverdue), TypeInfoPropertyName = "SagaWentOverdue")]
public sealed partial class WireJson : JsonSerializerContext;
