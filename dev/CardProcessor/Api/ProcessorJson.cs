using System.Text.Json.Serialization;
using Payments.CardProcessor.Books;
using Payments.CardProcessor.Faults;

namespace Payments.CardProcessor.Api;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(AuthoriseBody))]
[JsonSerializable(typeof(AmountBody))]
[JsonSerializable(typeof(VoidBody))]
[JsonSerializable(typeof(ReverseBody))]
[JsonSerializable(typeof(Operation))]
[JsonSerializable(typeof(OperationPage))]
[JsonSerializable(typeof(Authorisation))]
[JsonSerializable(typeof(LedgerTotals))]
[JsonSerializable(typeof(FaultSettings))]
internal sealed partial class ProcessorJson : JsonSerializerContext;
