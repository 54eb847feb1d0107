using Payments.SagaService.Sagas;

namespace UnitTests.SagaService;

public sealed class SagaPlaceTests
{
    private static readonly SagaPlace Place = new(
        Guid.Parse("0198c0de-0000-7000-8000-000000000001"),
        Overdue: true,
        new DateTimeOffset(2026, 1, 31, 12, 0, 0, 123, TimeSpan.Zero).AddTicks(4560),
        Risk: 10_000_000_000_000_000_000m);

    [Fact]
    public void A_cursor_keeps_the_values_that_its_list_is_sorted_by()
    {
        Assert.Equal(Place.Saga, Read(SagaOrder.Newest).Saga);
        Assert.Equal((Place.Saga, true, Place.Since), (Read(SagaOrder.LongestWaiting) is var l ? (l.Saga, l.Overdue, l.Since) : default));
        Assert.Equal((Place.Saga, Place.Risk), (Read(SagaOrder.MostAtRisk) is var r ? (r.Saga, r.Risk) : default));
    }

    [Theory]
    [InlineData("")]
    [InlineData("_")]
    [InlineData("x")]
    [InlineData("overdue_1")]
    [InlineData("overdue_-1_0198c0de-0000-7000-8000-000000000001")]
    [InlineData("overdue_9223372036854775807_0198c0de-0000-7000-8000-000000000001")]
    [InlineData("soon_1_0198c0de-0000-7000-8000-000000000001")]
    [InlineData("1e5_0198c0de-0000-7000-8000-000000000001")]
    [InlineData("1' or true --_0198c0de-0000-7000-8000-000000000001")]
    public void What_is_no_cursor_is_none(string cursor)
    {
        Assert.Null(SagaPlace.Parse(cursor, SagaOrder.Newest));
        Assert.Null(SagaPlace.Parse(cursor, SagaOrder.LongestWaiting));
        Assert.Null(SagaPlace.Parse(cursor, SagaOrder.MostAtRisk));
    }

    [Fact]
    public void A_cursor_of_another_list_is_none()
    {
        Assert.Null(SagaPlace.Parse(Place.ToCursor(SagaOrder.Newest), SagaOrder.MostAtRisk));
        Assert.Null(SagaPlace.Parse(Place.ToCursor(SagaOrder.LongestWaiting), SagaOrder.Newest));
        Assert.Null(SagaPlace.Parse(Place.ToCursor(SagaOrder.MostAtRisk), SagaOrder.LongestWaiting));
    }

    private static SagaPlace Read(SagaOrder order) => SagaPlace.Parse(Place.ToCursor(order), order)!;
}
