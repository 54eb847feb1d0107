namespace Payments.Messaging.Topics;

/// <summary>
/// The Kafka key of a message: what it must stay in order with. The prefix says what kind of thing that is, so that equal ids of
/// two kinds never share a key and a person who reads the topic sees what is what.
/// </summary>
public static class RoutingKey
{
    internal const string UserPrefix = "user/";
    internal const string PaymentPrefix = "payment/";
    private const string WalletPrefix = "wallet/";
    private const string SagaPrefix = "saga/";

    /// <summary>Wallet flows: everything that concerns one user.</summary>
    public static string ForUser(string userId) => UserPrefix + userId;

    /// <summary>Card flows: everything that concerns one payment.</summary>
    public static string ForPayment(Guid paymentId) => PaymentPrefix + paymentId.ToString("D");

    /// <summary>Commands to one wallet.</summary>
    public static string ForWallet(Guid walletId) => WalletPrefix + walletId.ToString("D");

    /// <summary>Events of one saga.</summary>
    public static string ForSaga(Guid sagaId) => SagaPrefix + sagaId.ToString("D");
}
