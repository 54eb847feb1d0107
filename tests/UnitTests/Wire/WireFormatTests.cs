using System.Text;
using System.Text.Json.Nodes;
using Payments.Contracts.Wire;
using Payments.Domain;
using Payments.Domain.Cards;
using Payments.Domain.Payments;
using Payments.Domain.Sagas;
using Payments.Domain.Wallets;

namespace UnitTests.Wire;

public sealed class WireFormatTests
{
    [Fact]
    public void Every_schema_version_of_every_stored_name_has_a_golden_file_and_each_file_a_sample()
    {
        Assert.Equal(
            WireFormat.Names.SelectMany(n => Enumerable.Range(1, n.Schema).Select(schema => (n.Name, schema))).Order(),
            GoldenFile.All.Select(file => (file.Name, file.Schema)).Distinct().Order());
        Assert.Equal(GoldenFile.All.Select(file => file.Key), Samples.ByFile.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_golden_file_is_read_as_its_sample() => Assert.All(GoldenFile.All, file =>
        Assert.Equal(Samples.ByFile[file.Key], WireFormat.Decode(file.Name, file.Schema, file.Bytes())));

    [Fact]
    public void A_sample_is_written_as_the_golden_file_of_todays_schema_version() => Assert.All(Today, file =>
    {
        var (name, schema, json) = WireFormat.Encode(Samples.ByFile[file.Key]);
        Assert.Equal((file.Name, file.Schema), (name, schema));
        Assert.Equal(file.Json().ToJsonString(), JsonNode.Parse(json)!.ToJsonString());
    });

    /// <summary>PostgreSQL orders the members of jsonb by length and bytes: what says which kind it is does not come first.</summary>
    [Fact]
    public void Every_golden_file_is_read_whatever_the_order_of_its_members() => Assert.All(GoldenFile.All, file => Assert.All(
        [1, -1],
        direction => Assert.Equal(
            Samples.ByFile[file.Key],
            WireFormat.Decode(file.Name, file.Schema, Encoding.UTF8.GetBytes(Reordered(file.Json(), direction).ToJsonString())))));

    /// <summary>What people ask over HTTP is decided at once: those commands never travel.</summary>
    [Fact]
    public void Every_event_and_every_command_that_is_sent_has_a_stored_name()
    {
        Type[] neverStored =
        [
            typeof(WalletCommand.Open), typeof(WalletCommand.Deposit), typeof(WalletCommand.Withdraw), typeof(WalletCommand.ExpireHold),
            typeof(WalletCommand.Freeze), typeof(WalletCommand.Unfreeze), typeof(WalletCommand.SetOverdraft),
            typeof(PaymentCommand.Request), typeof(PaymentCommand.RequestRefund),
            typeof(SagaEvent.WalletCommanded), typeof(SagaEvent.PaymentCommanded), typeof(SagaEvent.CardCommanded),
        ];
        Type[] families =
        [
            typeof(WalletEvent), typeof(WalletCommand), typeof(PaymentEvent), typeof(PaymentCommand), typeof(CardCommand),
            typeof(SagaEvent),
        ];

        Assert.Equal(
            families.SelectMany(family => family.GetNestedTypes()).Except(neverStored).Select(type => type.FullName).Order(),
            Samples.ByFile.Values.Select(sample => sample.GetType().FullName).Distinct().Order());
    }

    [Fact]
    public void A_name_says_whether_it_is_a_command_and_ends_with_its_version() => Assert.All(Samples.ByFile, sample =>
    {
        var (name, isCommand) = (GoldenFile.Of(sample.Key).Name, sample.Value is WalletCommand or PaymentCommand or CardCommand);
        Assert.Equal(isCommand, name.StartsWith("command.", StringComparison.Ordinal));
        Assert.Matches(@"^[a-z]+(\.[a-z-]+)+\.v1$", name);
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
            new WalletEvent.CreditRefused(new OperationId(Guid.Parse("0198c0de-0000-7000-8000-000000000001")), default, "balance_limit"),
        ],
        unset => Assert.StartsWith(
            "An uninitialised ",
            Assert.Throws<InvalidOperationException>(() => WireFormat.Encode(unset)).Message,
            StringComparison.Ordinal));

    [Theory]
    [InlineData("command.wallet.hold-funds.v1@2")]
    [InlineData("command.payment.complete.v1")]
    [InlineData("command.card.authorise.v1")]
    public void A_sagas_command_is_stored_under_its_own_name_and_read_back_as_the_fact_that_it_was_sent(string file)
    {
        SagaEvent sent = Samples.ByFile[file] switch
        {
            WalletCommand command => new SagaEvent.WalletCommanded(command),
            CardCommand command => new SagaEvent.CardCommanded(command),
            var command => new SagaEvent.PaymentCommanded((PaymentCommand)command),
        };

        var (name, schema, json) = WireFormat.Encode(sent);

        Assert.Equal((GoldenFile.Of(file).Name, sent), (name, WireFormat.Decode<SagaEvent>(name, schema, json)));
        Assert.Equal(WireFormat.Encode(Samples.ByFile[file]).Json, json);
    }

    [Fact]
    public void Each_name_belongs_to_one_family_and_a_sagas_commands_to_its_own_as_well() => Assert.All(GoldenFile.All, file =>
    {
        var sample = Samples.ByFile[file.Key];

        Assert.Equal(sample is WalletEvent, Reads<WalletEvent>(file));
        Assert.Equal(sample is PaymentEvent, Reads<PaymentEvent>(file));
        Assert.Equal(sample is WalletCommand, Reads<WalletCommand>(file));
        Assert.Equal(sample is PaymentCommand, Reads<PaymentCommand>(file));
        Assert.Equal(sample is CardCommand, Reads<CardCommand>(file));
        Assert.Equal(sample is SagaEvent or WalletCommand or PaymentCommand or CardCommand, Reads<SagaEvent>(file));
    });

    private static IEnumerable<GoldenFile> Today => GoldenFile.All.Where(file => WireFormat.Names.Contains((file.Name, file.Schema)));

    private static JsonNode Reordered(JsonNode node, int direction) => node is not JsonObject json
        ? node.DeepClone()
        : new JsonObject(json.OrderBy(member => direction * member.Key.Length).ThenBy(member => member.Key, StringComparer.Ordinal)
            .Select(member => KeyValuePair.Create(member.Key, member.Value is { } value ? Reordered(value, direction) : null)));

    private static bool Reads<TEvent>(GoldenFile file)
        where TEvent : class
    {
        try
        {
            WireFormat.Decode<TEvent>(file.Name, file.Schema, file.Bytes());
            return true;
        }
        catch (WireFormatException fault)
        {
            Assert.Equal($"'{file.Name}' is no {typeof(TEvent).Name}.", fault.Message);
            return false;
        }
    }
}
