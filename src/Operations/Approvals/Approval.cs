using System.Text.Json.Serialization;
using Payments.Contracts;
using Payments.Contracts.Approvals;

namespace Payments.Operations.Approvals;

/// <summary>
/// When an order <c>a</c> of a service cannot be carried out any more, because what it was asked for has gone on meanwhile: a condition in
/// SQL, read whenever orders are.
/// </summary>
public sealed record OvertakenOrders(string Sql);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ApprovalView))]
[JsonSerializable(typeof(ApprovalPage))]
[JsonSerializable(typeof(ReasonRequest))]
[JsonSerializable(typeof(IReadOnlyList<MoneyView>))]
internal sealed partial class ApprovalJson : JsonSerializerContext;
