namespace IntegrationTests.WholeSystem;

/// <summary>
/// The tests of the whole run one after the other and beside no others: they count what the databases hold, and they want all cores.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class WholeSystemTests : ICollectionFixture<PlatformFixture>
{
    public const string Name = "Whole system";
}
