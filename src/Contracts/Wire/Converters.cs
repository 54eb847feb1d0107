using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Payments.Domain;

namespace Payments.Contracts.Wire;

/// <summary>A UUID id as its 36-character text.</summary>
internal sealed class UuidIdConverter<TId> : JsonConverter<TId>
    where TId : struct, IUuidId<TId>
{
    public override TId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && reader.TryGetGuid(out var value) && value != Guid.Empty
            ? TId.From(value)
            : throw new JsonException($"Expected a UUID for {typeof(TId).Name}.");

    public override void Write(Utf8JsonWriter writer, TId value, JsonSerializerOptions options) => writer.WriteStringValue(
        value.Value != Guid.Empty
            ? value.Value
            : throw new InvalidOperationException($"An uninitialised {typeof(TId).Name} has no value."));
}

/// <summary>A user id as text.</summary>
internal sealed class UserIdConverter : JsonConverter<UserId>
{
    public override UserId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && UserId.TryParse(reader.GetString(), out var id)
            ? id
            : throw new JsonException($"Expected a user id of 1 to {UserId.LengthMax} characters.");

    public override void Write(Utf8JsonWriter writer, UserId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
}

/// <summary>A currency as its ISO 4217 code.</summary>
internal sealed class CurrencyConverter : JsonConverter<Currency>
{
    public override Currency Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && Currency.TryParse(reader.GetString(), out var currency)
            ? currency
            : throw new JsonException("Expected an ISO 4217 currency code.");

    public override void Write(Utf8JsonWriter writer, Currency value, JsonSerializerOptions options) => writer.WriteStringValue(value.Code);
}

/// <summary>
/// An amount by its members. A struct would be read by its parameterless constructor: a missing amount would pass for zero.
/// </summary>
internal sealed class MoneyConverter : JsonConverter<Money>
{
    public override Money Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var read = JsonSerializer.Deserialize(ref reader, TypeInfo(options))!;
        return new(read.Minor, read.Currency);
    }

    public override void Write(Utf8JsonWriter writer, Money value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, new(value.Minor, value.Currency), TypeInfo(options));

    private static JsonTypeInfo<MoneyMembers> TypeInfo(JsonSerializerOptions options) =>
        (JsonTypeInfo<MoneyMembers>)options.GetTypeInfo(typeof(MoneyMembers));
}

internal sealed record MoneyMembers(long Minor, Currency Currency);

/// <summary>A card token as text.</summary>
internal sealed class CardTokenConverter : JsonConverter<CardToken>
{
    public override CardToken Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && CardToken.TryParse(reader.GetString(), out var token)
            ? token
            : throw new JsonException($"Expected a card token of 1 to {CardToken.LengthMax} characters.");

    public override void Write(Utf8JsonWriter writer, CardToken value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Value);
}

/// <summary>An enumeration by its names: as a number, also one that means nothing would be read.</summary>
internal sealed class NameConverter<TEnum>() : JsonStringEnumConverter<TEnum>(namingPolicy: null, allowIntegerValues: false)
    where TEnum : struct, Enum;
