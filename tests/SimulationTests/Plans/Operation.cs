namespace SimulationTests.Plans;

internal enum OperationKind
{
    Deposit,
    Withdraw,
    WalletPayment,
    Transfer,
    CardPayment,
    Refund,
    Reserve,
    CaptureReservation,
    ReleaseReservation,
    Freeze,
    Unfreeze,
    SetOverdraft,
    SagaIntervention,
}

/// <summary>
/// One thing that a client or an operator does. What it is done to is said by numbers, so that it means something whatever was left out
/// before it.
/// </summary>
/// <param name="Number">Its place in the script: what it is called by when some are left out.</param>
/// <param name="At">After the start.</param>
/// <param name="First">Which wallet, payment, reservation or saga: counted round.</param>
/// <param name="Second">Which other wallet, or which operator's act.</param>
/// <param name="Detail">From 0 to 999: which of the less common forms.</param>
internal sealed record Operation(int Number, TimeSpan At, OperationKind Kind, int First, int Second, long Amount, int Detail)
{
    public string Reference => $"op-{Number}";

    public override string ToString() => $"{Number}: {Kind}({First}, {Second}, {Amount}, {Detail}) at {At.TotalSeconds:0.0} s";
}
