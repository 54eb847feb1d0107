using Microsoft.AspNetCore.Http;

namespace Payments.ServiceDefaults.Errors;

/// <summary>
/// A request that cannot be bound, for code that cannot return <see cref="Problems.Invalid(string, string)"/> (a <c>BindAsync</c>).
/// Becomes the same answer.
/// </summary>
public sealed class InvalidRequestException(string field, string message) : BadHttpRequestException(message)
{
    public string Field { get; } = field;
}
