using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Payments.Domain;
using Payments.Domain.Cards;
using Payments.Domain.Payments;
using Payments.Domain.Sagas;
using Payments.Domain.Wallets;

namespace Payments.Contracts.Wire;

/// <summary>How types of the domain are written as JSON. It is said here, so that the domain does not know of JSON.</summary>
internal static class DomainJson
{
    /// <summary>
    /// The options for a source-generated context. Unknown members are refused: a reader must know what it acts on. Computed properties
    /// are no members. A member that may be left out, by a default in the constructor, is left out when it has that value: it came after
    /// the first events were stored.
    /// </summary>
    public static JsonSerializerOptions Options(IJsonTypeInfoResolver context)
    {
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            AllowDuplicateProperties = false,
            AllowOutOfOrderMetadataProperties = true, // PostgreSQL orders the members of jsonb as it likes.
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            TypeInfoResolver = context.WithAddedModifier(Shape),
            Converters =
            {
                new UuidIdConverter<WalletId>(),
                new UuidIdConverter<PaymentId>(),
                new UuidIdConverter<RefundId>(),
                new UuidIdConverter<OperationId>(),
                new UuidIdConverter<HoldId>(),
                new UuidIdConverter<MovementId>(),
                new UserIdConverter(),
                new CardTokenConverter(),
                new CurrencyConverter(),
                new MoneyConverter(),
                new NameConverter<HoldPurpose>(),
                new NameConverter<SagaIntervention>(),
                new NameConverter<CardAct>(),
                new NameConverter<WalletStatus>(),
                new NameConverter<WalletOutcomes>(),
                new NameConverter<PaymentStatus>(),
            },
        };
        options.MakeReadOnly();
        return options;
    }

    private static void Shape(JsonTypeInfo type)
    {
        if (type.Type == typeof(PaymentSource))
        {
            type.PolymorphismOptions = new()
            {
                TypeDiscriminatorPropertyName = "method",
                DerivedTypes =
                {
                    new(typeof(PaymentSource.OfWallet), "wallet"),
                    new(typeof(PaymentSource.OfTransfer), "transfer"),
                    new(typeof(PaymentSource.OfCard), "card"),
                },
            };
        }

        foreach (var property in type.Properties.ToList())
        {
            if (property.Set is null)
            {
                type.Properties.Remove(property);
            }
            else if (property.AssociatedParameter is { HasDefaultValue: true, DefaultValue: var absent })
            {
                property.ShouldSerialize = (_, value) => !Equals(value, absent);
            }
        }
    }
}
