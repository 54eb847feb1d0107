using Payments.EventStore.Projections;

namespace UnitTests.EventStore;

public sealed class ProjectionDefinitionTests
{
    [Theory]
    [InlineData("")]
    [InlineData("Wallets")]
    [InlineData("1st")]
    [InlineData("a b")]
    [InlineData("x; drop table events")]
    [InlineData("a_name_that_is_longer_than_forty_letters_")]
    public void A_name_that_could_be_no_part_of_a_schema_is_refused(string name) =>
        Assert.Throws<ArgumentException>(() => Named(name));

    [Theory]
    [InlineData("wallets")]
    [InlineData("payment_minutes")]
    [InlineData("a_name_that_is_as_long_as_forty_letters_")]
    public void A_plain_name_is_taken(string name) => Assert.Equal(name, Named(name).Name);

    private static AsynchronousProjection Named(string name) => new() { Name = name, Version = 1, Tables = [], Fold = _ => [] };
}
