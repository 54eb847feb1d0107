using Microsoft.AspNetCore.WebUtilities;

namespace Payments.Console.Sagas;

/// <summary>Which sagas are looked at: what the address of the page says. What is null does not matter.</summary>
/// <param name="Stuck">Only those that are not on their way as they should be.</param>
/// <param name="Kind">The name of a definition.</param>
/// <param name="Search">The id of a saga or a payment.</param>
public sealed record SagaQuery(bool Stuck = false, string? Phase = null, string? Kind = null, string? Search = null)
{
    public bool IsFiltered => this != new SagaQuery();

    public static SagaQuery Read(string address)
    {
        var query = QueryHelpers.ParseQuery(new Uri(address).Query);
        return new(Of("stuck") == "true", Of("phase"), Of("kind"), Of("search"));

        string? Of(string name) => query.TryGetValue(name, out var values) && values is [{ Length: > 0 } value, ..] ? value : null;
    }

    public string Address(string? after = null)
    {
        (string Name, string? Value)[] all =
            [("stuck", Stuck ? "true" : null), ("phase", Phase), ("kind", Kind), ("search", Search), ("after", after)];
        var given = all.Where(part => !string.IsNullOrEmpty(part.Value))
            .Select(part => $"{part.Name}={Uri.EscapeDataString(part.Value!)}")
            .ToList();
        return given.Count == 0 ? "sagas" : $"sagas?{string.Join('&', given)}";
    }
}
