using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Payments.EventStore.Postgres.Schema;

/// <summary>When a file is applied. Its name says it.</summary>
internal enum SchemaFileKind
{
    /// <summary><c>NNN_name.sql</c>: in a transaction of its own, before the instance serves.</summary>
    InTransaction,

    /// <summary>
    /// <c>NNN_name.before-serving.concurrently.sql</c>: one index, built outside of a transaction, that the new version is wrong or too
    /// slow without. An instance waits for it.
    /// </summary>
    IndexBeforeServing,

    /// <summary><c>NNN_name.concurrently.sql</c>: one index, built outside of a transaction while instances serve already.</summary>
    IndexInBackground,
}

/// <summary>A numbered SQL file that an assembly embeds from its folder <c>Sql</c>.</summary>
/// <param name="Component">Whose file it is: numbers count within a component.</param>
internal sealed record SchemaFile(string Component, string Name, string Sql)
{
    public string Checksum { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql)));

    public SchemaFileKind Kind =>
        Name.EndsWith(".before-serving.concurrently.sql", StringComparison.Ordinal) ? SchemaFileKind.IndexBeforeServing
        : Name.EndsWith(".concurrently.sql", StringComparison.Ordinal) ? SchemaFileKind.IndexInBackground
        : SchemaFileKind.InTransaction;

    /// <summary>The event store's own files, then those of each component, each in the order of their numbers.</summary>
    public static List<SchemaFile> All(IEnumerable<(string Component, Assembly Files)> components) =>
        [.. components.Prepend(("event-store", typeof(SchemaFile).Assembly)).SelectMany(c => Of(c.Item1, c.Item2))];

    public override string ToString() => $"{Component}/{Name}";

    private static IEnumerable<SchemaFile> Of(string component, Assembly assembly)
    {
        foreach (var resource in assembly.GetManifestResourceNames()
            .Where(n => n.EndsWith(".sql", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
            var marker = resource.IndexOf(".Sql.", StringComparison.Ordinal);
            yield return new SchemaFile(component, resource[(marker + ".Sql.".Length)..], reader.ReadToEnd());
        }
    }
}
