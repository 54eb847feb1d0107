using Npgsql;
using NpgsqlTypes;

namespace Payments.Hosting;

/// <summary>The conditions of a query, with the parameters that they need.</summary>
public sealed class Conditions(NpgsqlCommand command, string first)
{
    private readonly List<string> _all = [first];

    /// <summary>Adds a condition unless the value is null.</summary>
    /// <param name="sql">With <c>#</c> in the place of the value.</param>
    public Conditions Add(string sql, object? value, NpgsqlDbType type)
    {
        if (value is not null)
        {
            command.Parameters.Add(new() { Value = value is DateTimeOffset at ? at.UtcDateTime : value, NpgsqlDbType = type });
            _all.Add(sql.Replace("#", $"${command.Parameters.Count}", StringComparison.Ordinal));
        }

        return this;
    }

    public override string ToString() => string.Join(" and ", _all);
}
