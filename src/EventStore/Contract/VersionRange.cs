namespace Payments.EventStore.Contract;

/// <summary>Versions of a stream: greater than <paramref name="After"/>, up to and with <paramref name="UpTo"/>.</summary>
public readonly record struct VersionRange(long After, long UpTo)
{
    public static readonly VersionRange All = new(0, long.MaxValue);

    public static VersionRange From(long version) => new(version - 1, long.MaxValue);

    public static VersionRange Later(long thanVersion) => new(thanVersion, long.MaxValue);

    public static VersionRange FromStart(long upToVersion) => new(0, upToVersion);
}
