using System.Text.Json.Serialization;
using Payments.Domain.Cards;
using Payments.Domain.Payments;
using Payments.Domain.Sagas;
using Payments.Domain.Wallets;

namespace Payments.Domain.Wire;

/// <summary>Source-generated JSON of everything stored or sent. Unknown members are refused: a reader must know what it acts on.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    AllowOutOfOrderMetadataProperties = true, // PostgreSQL orders the members of jsonb as it likes.
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(WalletEvent.Opened), TypeInfoPropertyName = "WalletOpened")]
[JsonSerializable(typeof(WalletEvent.Deposited))]
[JsonSerializable(typeof(WalletEvent.Withdrawn))]
[JsonSerializable(typeof(WalletEvent.FundsHeld))]
[JsonSerializable(typeof(WalletEvent.FundsInsufficient))]
[JsonSerializable(typeof(WalletEvent.HoldRefused))]
[JsonSerializable(typeof(WalletEvent.HoldReleased))]
[JsonSerializable(typeof(WalletEvent.HoldExpired))]
[JsonSerializable(typeof(WalletEvent.HoldNotOpen))]
[JsonSerializable(typeof(WalletEvent.HoldCaptured))]
[JsonSerializable(typeof(WalletEvent.CaptureRefused))]
[JsonSerializable(typeof(WalletEvent.FundsCredited))]
[JsonSerializable(typeof(WalletEvent.FeeCharged))]
[JsonSerializable(typeof(WalletEvent.CreditRefused))]
[JsonSerializable(typeof(WalletEvent.FeeReturned))]
[JsonSerializable(typeof(WalletEvent.CreditReversed))]
[JsonSerializable(typeof(WalletEvent.CreditReversalRefused))]
[JsonSerializable(typeof(WalletEvent.Frozen))]
[JsonSerializable(typeof(WalletEvent.Unfrozen))]
[JsonSerializable(typeof(WalletEvent.OverdraftSet))]
[JsonSerializable(typeof(WalletCommand.Hold), TypeInfoPropertyName = "HoldCommand")]
[JsonSerializable(typeof(WalletCommand.Release), TypeInfoPropertyName = "ReleaseCommand")]
[JsonSerializable(typeof(WalletCommand.Capture), TypeInfoPropertyName = "CaptureCommand")]
[JsonSerializable(typeof(WalletCommand.Credit), TypeInfoPropertyName = "CreditCommand")]
[JsonSerializable(typeof(WalletCommand.ReverseCredit), TypeInfoPropertyName = "ReverseCreditCommand")]
[JsonSerializable(typeof(PaymentEvent.Requested), TypeInfoPropertyName = "PaymentRequested")]
[JsonSerializable(typeof(PaymentEvent.Completed), TypeInfoPropertyName = "PaymentCompleted")]
[JsonSerializable(typeof(PaymentEvent.Failed), TypeInfoPropertyName = "PaymentFailed")]
[JsonSerializable(typeof(PaymentEvent.RefundRequested))]
[JsonSerializable(typeof(PaymentEvent.RefundCompleted))]
[JsonSerializable(typeof(PaymentEvent.RefundFailed))]
[JsonSerializable(typeof(PaymentCommand.Complete), TypeInfoPropertyName = "CompleteCommand")]
[JsonSerializable(typeof(PaymentCommand.Fail), TypeInfoPropertyName = "FailCommand")]
[JsonSerializable(typeof(PaymentCommand.CompleteRefund), TypeInfoPropertyName = "CompleteRefundCommand")]
[JsonSerializable(typeof(PaymentCommand.FailRefund), TypeInfoPropertyName = "FailRefundCommand")]
[JsonSerializable(typeof(SagaEvent.Started), TypeInfoPropertyName = "SagaStarted")]
[JsonSerializable(typeof(SagaEvent.Moved), TypeInfoPropertyName = "SagaMoved")]
[JsonSerializable(typeof(SagaEvent.Retried), TypeInfoPropertyName = "SagaRetried")]
[JsonSerializable(typeof(SagaEvent.StepRefused), TypeInfoPropertyName = "SagaStepRefused")]
[JsonSerializable(typeof(SagaEvent.WentOverdue), TypeInfoPropertyName = "SagaWentOverdue")]
[JsonSerializable(typeof(SagaEvent.CompensationRequested), TypeInfoPropertyName = "SagaCompensationRequested")]
[JsonSerializable(typeof(SagaEvent.OperatorActed), TypeInfoPropertyName = "SagaOperatorActed")]
[JsonSerializable(typeof(SagaEvent.CardAnswered), TypeInfoPropertyName = "SagaCardAnswered")]
[JsonSerializable(typeof(CardCommand.Authorise), TypeInfoPropertyName = "AuthoriseCommand")]
[JsonSerializable(typeof(CardCommand.Capture), TypeInfoPropertyName = "CardCaptureCommand")]
[JsonSerializable(typeof(CardCommand.Void), TypeInfoPropertyName = "VoidCommand")]
[JsonSerializable(typeof(CardCommand.Refund), TypeInfoPropertyName = "CardRefundCommand")]
public sealed partial class WireJson : JsonSerializerContext;
