using System.Reflection;

namespace Payments.Hosting;

/// <summary>Whose SQL files an assembly embeds: numbers count within a component.</summary>
/// <param name="Name">Stored beside each file that was applied; never renamed.</param>
public sealed record SchemaComponent(string Name, Assembly Files);
