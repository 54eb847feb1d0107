using Payments.EventStore.Contract;

namespace IntegrationTests.EventStore;

public abstract partial class EventStoreContract
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_largest_unit_goes_through_and_is_recognised_when_it_comes_again(bool whateverIsThere)
    {
        var expected = whateverIsThere ? ExpectedVersion.Any : ExpectedVersion.None;
        var unit = Sample.Unit([.. Enumerable.Range(0, AppendUnit.EventsMax / 2).Select(_ => Sample.Append(Sample.Stream(), expected, 2))]);

        var stored = await StoredAsync(unit);
        var again = await AppendAsync(unit);

        Assert.Equal(AppendUnit.EventsMax, stored.LastPosition - stored.FirstPosition + 1);
        Assert.Equal(new AppendResult.Repeated(stored.FirstPosition, stored.LastPosition, stored.RecordedAt), again);
    }
}
