using System.Text.Json;
using Payments.Domain;
using Payments.Messaging.DeadLetters.Incidents;
using Payments.Messaging.Envelope;

namespace UnitTests.DeadLetters;

public sealed class PersonalDataTests
{
    private readonly PersonalData _persons = new();

    [Fact]
    public void A_person_has_the_same_stand_in_everywhere_and_ids_stay()
    {
        const string wallet = "0198c0de-0000-7000-8000-00000000000a";

        Assert.Equal("""{"owner":"person-1"}""", _persons.Json("""{"owner":"anna\u002B1@example.org"}"""));
        Assert.Equal("""{"payer":"person-2","payee" : "person-1"}""", _persons.Json("""{"payer":"ben","payee" : "anna+1@example.org"}"""));
        Assert.Equal($$"""{"payer":"{{wallet}}"}""", _persons.Json($$"""{"payer":"{{wallet}}"}"""));
        Assert.Equal("user/person-2", _persons.Key("user/ben"));
        Assert.Equal($"wallet/{wallet}", _persons.Key($"wallet/{wallet}"));
        Assert.Equal(("ops/person-3", "saga-service"), (_persons.Actor("ops/olga"), _persons.Actor("saga-service")));
        Assert.Equal("No wallet of person-1 for '…'.", _persons.Error("No wallet of anna+1@example.org for 'somebody'."));
    }

    [Fact]
    public void Texts_keep_their_length_and_shape_and_cards_stay_cards()
    {
        Assert.Equal(
            """{"source":{"token":"card-1"},"reference":"xxxxxxx 0, xx\u0022x\u0022","code":"limit_per_day"}""",
            _persons.Json("""{"source":{"token":"tok_visa-1"},"reference":"invoice 7, M\u00E4\u0022z\u0022","code":"limit_per_day"}"""));
        Assert.True(CardToken.TryParse("card-1", out _));
    }

    [Fact]
    public void What_is_no_user_id_or_no_token_is_none_afterwards()
    {
        var tooLong = new string('a', UserId.LengthMax + 1);

        Assert.Equal($$"""{"owner":"{{new string('x', tooLong.Length)}}"}""", _persons.Json($$"""{"owner":"{{tooLong}}"}"""));
        Assert.Equal("""{"payee":"xxxx xxxx"}""", _persons.Json("""{"payee":"anna lind"}"""));
        Assert.Equal("""{"token":""}""", _persons.Json("""{"token":""}"""));
    }

    [Theory]
    [InlineData("""{"owner":"ann""", """{"owner":"person-1""")]
    [InlineData("""{"reference":"ab\u00""", """{"reference":"xxxxxx""")]
    [InlineData("""{"reference":"ab\""", """{"reference":"xxx""")]
    public void Half_a_document_stays_half_a_document(string json, string masked) => Assert.Equal(masked, _persons.Json(json));

    [Theory]
    [InlineData(HeaderNames.Type, "wallet.opened.v1", "wallet.opened.v1")]
    [InlineData(HeaderNames.Actor, "ops/olga", "ops/person-1")]
    [InlineData("x-remark", "for olga, 3 times", "xxx xxxx, 0 xxxxx")]
    public void Headers_that_are_not_ours_say_nothing(string name, string value, string masked) =>
        Assert.Equal(masked, _persons.Header(name, value));

    [Fact]
    public void Every_event_that_is_stored_stays_what_it_is_and_names_nobody()
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Wire", "Golden"), "*.json"))
        {
            var json = File.ReadAllText(file);
            var masked = _persons.Json(json);

            using var document = JsonDocument.Parse(masked);
            foreach (var name in new[] { "anna", "\"ben\"", "olga", "tok_visa", "invoice", "phone", "salary" })
            {
                Assert.DoesNotContain(name, masked, StringComparison.Ordinal);
            }
        }
    }
}
