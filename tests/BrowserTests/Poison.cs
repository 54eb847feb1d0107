using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Payments.Contracts.Wire;
using Payments.Domain;
using Payments.Domain.Wallets;
using Payments.Messaging.Envelope;
using Payments.Messaging.Kafka;
using Payments.Messaging.Topics;

namespace BrowserTests;

/// <summary>Messages that the wallet service cannot handle, sent over Kafka as a faulty service would.</summary>
public sealed class Poison : IDisposable
{
    private static readonly Currency Eur = Currency.Parse("EUR");

    private readonly IProducer<byte[], byte[]> _producer;

    public Poison(string bootstrapServers)
    {
        var options = new KafkaOptions { BootstrapServers = bootstrapServers, Embedded = true };
        _producer = new KafkaClientFactory(options, NullLogger<KafkaClientFactory>.Instance).CreateProducer("poisoner");
    }

    public void Dispose() => _producer.Dispose();

    /// <summary>A command to hold money, as it should be.</summary>
    public static WalletCommand Hold(string wallet, long amount)
    {
        var operation = new OperationId(Guid.CreateVersion7());
        return new WalletCommand.Hold(
            new(Guid.Parse(wallet)), HoldId.For(operation), operation, new Money(amount, Eur), 3_600, HoldPurpose.Payment);
    }

    public static WalletCommand Credit(string wallet, long amount) => new WalletCommand.Credit(
        new(Guid.Parse(wallet)), new(Guid.CreateVersion7()), new Money(amount, Eur), Money.Zero(Eur), null);

    public static string Json(WalletCommand command) => Encoding.UTF8.GetString(WireFormat.Encode(command).Json);

    public Task SendAsync(string wallet, WalletCommand command) => SendAsync(wallet, command, data => data);

    /// <summary>As part of what a payment does.</summary>
    public Task SendForAsync(string payment, string wallet, WalletCommand command) =>
        SendAsync(wallet, command, data => data, Guid.Parse(payment));

    /// <summary>Half of it is missing.</summary>
    public Task SendTruncatedAsync(string wallet, WalletCommand command) => SendAsync(wallet, command, data => data[..(data.Length / 2)]);

    public Task SendBytesAsync() =>
        ProduceAsync(new() { Key = "somebody"u8.ToArray(), Headers = [], Value = [0, 255, 7, 80, 97, 121, 33, 10] });

    private async Task SendAsync(string wallet, WalletCommand command, Func<byte[], byte[]> spoil, Guid? correlation = null)
    {
        var (name, schema, json) = WireFormat.Encode(command);
        var headers = new MessageHeaders
        {
            Id = Guid.CreateVersion7(),
            Type = name,
            Schema = schema,
            Source = $"elsewhere-{Guid.CreateVersion7():N}",   // A log of its own, so that no gap is seen.
            Position = 1,
            Previous = 0,
            Stream = "elsewhere/1",
            Version = 1,
            Correlation = correlation ?? Guid.CreateVersion7(),
            Actor = "tests",
            Recorded = DateTimeOffset.UtcNow,
        };
        await ProduceAsync(MessageCodec.Encode(RoutingKey.ForWallet(Guid.Parse(wallet)), headers, spoil(json)));
    }

    private async Task ProduceAsync(Message<byte[], byte[]> message) =>
        await _producer.ProduceAsync(
            new TopicPartition(PlatformTopics.WalletCommands.Name, 0), message, TestContext.Current.CancellationToken);
}
