using Payments.Contracts.Wire;
using SimulationTests.Plans;

namespace SimulationTests;

/// <summary>What some thousands of worlds must have met: every fault, every end, every stored event, every refusal.</summary>
internal static class MustHappen
{
    private static readonly string[] Faulty =
    [
        "no answer before an append", "no answer after an append", "crash before an append", "crash after an append",
        "append answered Conflict", "append answered WatermarkMoved", "append answered AlreadyClaimed",
        "append answered AlreadyAnswered", "a caller heard no answer",
        "relay went back", "gap met", "gap told to a relay", "dead letter of a planted message", "deadline passed", "hold expiry tried",
        "overdraft in use", "parked behind another", "parked message applied", "parked message failed again",
        "crash between the card's answer and the saga",
    ];

    private static readonly string[] Cards =
    [
        "looked up: nothing", "looked up: done", "processor: the look-up has no answer", "processor: the card processor is down",
        "processor: no answer in time", "processor: the answer is lost after the effect", "processor: 500 before any effect",
        "processor: 503",
        "Authorise arrives late", "Capture arrives late", "Refund arrives late", "Reverse arrives late", "card call asked again",
        "card outcome unknown: Authorise", "card outcome unknown: Capture", "card outcome unknown: Void", "card outcome unknown: Refund",
        "card answer ignored", "processor declines card_declined", "processor declines declined", "processor declines unknown_token",
        "processor declines reversed",
    ];

    private static readonly string[] Ends =
    [
        "wallet-payment Completed", "wallet-payment Failed", "transfer Completed", "transfer Failed", "card-payment Completed",
        "card-payment Failed", "wallet-refund Completed", "wallet-refund Failed", "card-refund Completed", "card-refund Failed",
        "card-payment-v2 Completed", "card-payment-v2 Failed", "card-payment-v2 RefundingCard", "card-payment-v2 Voiding",
        "card-payment Reversing", "card-payment Voiding", "wallet-payment Releasing", "card-refund Releasing",
        "failed insufficient_funds", "failed wallet_frozen", "failed currency_mismatch", "failed limit_per_day",
        "failed limit_per_transaction", "failed card_declined", "failed declined", "failed unknown_token",
        "failed card_processor_unavailable", "failed compensated_by_operator", "refund failed insufficient_funds",
        "refund failed wallet_frozen", "refund failed declined",
    ];

    private static readonly string[] Refusals =
    [
        "refused insufficient_funds", "refused wallet_frozen", "refused payment_not_completed", "refused not_refundable",
        "refused refund_exceeds_payment", "refused currency_mismatch", "refused amount_below_fee", "refused limit_per_day",
        "refused limit_per_transaction", "refused hold_not_found", "refused amount_out_of_range", "refused saga_ended",
        "refused outcome_is_in_the_books", "refused too_late_to_compensate",
    ];

    private static readonly string[] People =
    [
        "operator Retry in Authorising", "operator Retry in Crediting", "operator Compensate in Holding",
        "operator Compensate in Crediting",
        "operator Compensate in Authorising", "operator Complete in Voiding", "operator Complete in CapturingCard", "void by hand",
        "step refused in Reversing: insufficient_funds", "step refused in Voiding: declined", "stuck in Reversing", "stuck in Voiding",
        "voided after a decline", "refunded after a decline", "recalled done credit", "recalled refused hold",
    ];

    /// <summary>Every stored name. But what a saga holds does not lapse and is captured as it was held: its refusal is for a bug.</summary>
    private static IEnumerable<string> Events =>
        WireFormat.Names.Select(n => n.Name).Where(n => n != "wallet.capture-refused.v1").Distinct();

    private static IEnumerable<string> Kinds => Enum.GetValues<Faults>()
        .Where(f => f is not (Faults.None or Faults.All or Faults.StoreTrouble or Faults.Operators))
        .Select(f => $"fault {f}");

    public static IReadOnlyList<string> All =>
        [.. Kinds, .. Enum.GetNames<OperationKind>(), .. Events, .. Faulty, .. Cards, .. Ends, .. Refusals, .. People];
}
