namespace Payments.Contracts.Settings;

/// <summary>
/// Settings that operators may see. Only what is listed by name in code is ever shown: no connection string, no key, no password can get in
/// by being configured.
/// </summary>
/// <param name="Title">For people.</param>
public sealed record ShownSettings(string Title, IReadOnlyList<ShownSetting> Settings);

/// <param name="Name">As in <c>docs/configuration.md</c>.</param>
/// <param name="Value">In force, as text.</param>
public sealed record ShownSetting(string Name, string Value)
{
    public static ShownSetting Of(string name, IFormattable value) =>
        new(name, value.ToString(null, System.Globalization.CultureInfo.InvariantCulture));

    public static ShownSetting Of(string name, bool value) => new(name, value ? "true" : "false");
}
