using IntegrationTests.Chaos;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(IntegrationTests.SlowTestsLast))]

namespace IntegrationTests;

/// <summary>Whoever waits for the tests hears of a small mistake before minutes of chaos begin.</summary>
public sealed class SlowTestsLast : ITestCollectionOrderer
{
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(collection => collection.TestCollectionDisplayName == ChaosTests.Name)];
}
