using System.Text.Json.Nodes;
using Payments.Domain;
using Payments.Domain.Payments;
using Payments.Domain.Sagas;
using Payments.Domain.Wallets;
using Payments.Domain.Wire;

namespace UnitTests.Wire;

public sealed class WireFormatTests
{
    [Fact]
    public void Every_schema_version_of_every_stored_name_has_a_golden_file_and_a_sample()
    {
        Assert.Equal(
            WireFormat.Names.SelectMany(n => Enumerable.Range(1, n.Schema).Select(schema => (n.Name, schema))).Order(),
            GoldenFile.Versions.Order());
        Assert.Equal(GoldenFile.Names, Samples.ByName.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_golden_file_is_read_as_its_sample() => Assert.All(GoldenFile.Versions, version =>
        Assert.Equal(Samples.ByName[version.Name], WireFormat.Decode(version.Name, version.Schema, GoldenFile.Bytes(version.Name, version.Schema))));

    [Fact]
    public void A_sample_is_written_as_the_golden_file_of_todays_schema_version() => Assert.All(WireFormat.Names, today =>
    {
        var (name, schema, json) = WireFormat.Encode(Samples.ByName[today.Name]);
        Assert.Equal(today, (name, schema));
        Assert.Equal(GoldenFile.Json(name, schema).ToJsonString(), JsonNode.Parse(json)!.ToJsonString());
    });

    /// <summary>Opening, deposits, withdrawals and requests are asked over HTTP and decided at once: their commands never travel.</summary>
    [Fact]
    public void Every_event_and_every_command_that_is_sent_has_a_stored_name()
    {
        Type[] neverStored =
        [
            typeof(WalletCommand.Open), typeof(WalletCommand.Deposit), typeof(WalletCommand.Withdraw), typeof(PaymentCommand.Request),
            typeof(SagaEvent.WalletCommanded), typeof(SagaEvent.PaymentCommanded),
        ];
        Type[] families = [typeof(WalletEvent), typeof(WalletCommand), typeof(PaymentEvent), typeof(PaymentCommand), typeof(SagaEvent)];

        Assert.Equal(
            families.SelectMany(family => family.GetNestedTypes()).Except(neverStored).Select(type => type.FullName).Order(),
            Samples.ByName.Values.Select(sample => sample.GetType().FullName).Order());
    }

    [Fact]
    public void A_name_says_whether_it_is_a_command_and_ends_with_its_version() => Assert.All(Samples.ByName, named =>
    {
        Assert.Equal(named.Value is WalletCommand or PaymentCommand, named.Key.StartsWith("command.", StringComparison.Ordinal));
        Assert.Matches(@"^[a-z]+(\.[a-z-]+)+\.v1$", named.Key);
    });

    [Fact]
    public void What_is_never_stored_has_no_name()
    {
        var error = Assert.Throws<ArgumentException>(() => WireFormat.Encode(new PaymentCommand.Request(null!)));

        Assert.StartsWith("Payments.Domain.Payments.PaymentCommand+Request has no stored name.", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Written, they would be read as poison, long after the bug that forgot to set them.</summary>
    [Fact]
    public void What_was_never_set_is_not_written() => Assert.All<object>(
        [
            new PaymentEvent.Completed(default),
            new WalletEvent.Opened(new WalletId(Guid.Parse("0198c0de-0000-7000-8000-00000000000a")), default, Currency.Parse("EUR")),
            new WalletEvent.CreditRefused(new PaymentId(Guid.Parse("0198c0de-0000-7000-8000-000000000001")), default, "balance_limit"),
        ],
        unset => Assert.StartsWith(
            "An uninitialised ",
            Assert.Throws<InvalidOperationException>(() => WireFormat.Encode(unset)).Message,
            StringComparison.Ordinal));

    [Theory]
    [InlineData("command.wallet.hold-funds.v1")]
    [InlineData("command.payment.complete.v1")]
    public void A_sagas_command_is_stored_under_its_own_name_and_read_back_as_the_fact_that_it_was_sent(string name)
    {
        SagaEvent sent = Samples.ByName[name] switch
        {
            WalletCommand command => new SagaEvent.WalletCommanded(command),
            var command => new SagaEvent.PaymentCommanded((PaymentCommand)command),
        };

        var (written, _, json) = WireFormat.Encode(sent);

        Assert.Equal((name, sent), (written, WireFormat.Decode<SagaEvent>(written, 1, json)));
        Assert.Equal(WireFormat.Encode(Samples.ByName[name]).Json, json);
    }

    [Fact]
    public void Each_name_belongs_to_one_family_and_a_sagas_commands_to_its_own_as_well() => Assert.All(Samples.ByName, named =>
    {
        var (name, sample) = named;

        Assert.Equal(sample is WalletEvent, Reads<WalletEvent>(name));
        Assert.Equal(sample is PaymentEvent, Reads<PaymentEvent>(name));
        Assert.Equal(sample is WalletCommand, Reads<WalletCommand>(name));
        Assert.Equal(sample is PaymentCommand, Reads<PaymentCommand>(name));
        Assert.Equal(sample is SagaEvent or WalletCommand or PaymentCommand, Reads<SagaEvent>(name));
    });

    [Fact]
    public void The_phases_of_a_saga_are_stored_by_name() => Assert.Equal(
        ["Holding", "Crediting", "Capturing", "Releasing", "Completed", "Failed"],
        Enum.GetValues<SagaPhase>().Select(phase =>
        {
            var (name, _, json) = WireFormat.Encode(new SagaEvent.Moved(phase, "x", null, null));
            Assert.Equal(new SagaEvent.Moved(phase, "x", null, null), WireFormat.Decode(name, 1, json));
            return (string)JsonNode.Parse(json)!["to"]!;
        }));

    private static bool Reads<TEvent>(string name)
        where TEvent : class
    {
        try
        {
            WireFormat.Decode<TEvent>(name, 1, GoldenFile.Bytes(name));
            return true;
        }
        catch (WireFormatException fault)
        {
            Assert.Equal($"'{name}' is no {typeof(TEvent).Name}.", fault.Message);
            return false;
        }
    }
}
