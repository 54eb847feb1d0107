namespace Payments.Hosting;

/// <summary>The names of bodies in the description of the API.</summary>
public static class SchemaNames
{
    private const string Body = "Request";

    /// <summary>
    /// The use case's name for the <c>Request</c> in it. Under their own name, which is the same for all, one would be described as
    /// another.
    /// </summary>
    /// <returns>Null for every other type: the framework's own name is right.</returns>
    public static string? Of(Type type) => type is { Name: Body, DeclaringType: { } useCase } ? useCase.Name : null;
}
