using Payments.Domain;

namespace UnitTests;

public sealed class CurrencyTests
{
    [Theory]
    [InlineData("EUR", 2)]
    [InlineData("USD", 2)]
    [InlineData("JPY", 0)]
    [InlineData("ISK", 0)]
    [InlineData("KWD", 3)]
    [InlineData("TND", 3)]
    [InlineData("CLF", 4)]
    [InlineData("UYW", 4)]
    public void A_currency_has_the_exponent_of_iso_4217(string code, int exponent)
    {
        Assert.True(Currency.TryParse(code, out var currency));
        Assert.Equal((code, exponent, code), (currency.Code, currency.Exponent, currency.ToString()));
        Assert.Equal(currency, Currency.Parse(code));
    }

    [Fact]
    public void The_table_has_as_many_currencies_of_each_exponent_as_iso_4217()
    {
        var counts = Currency.All.CountBy(c => c.Exponent).OrderBy(c => c.Key).Select(c => (c.Key, c.Value));

        Assert.Equal([(0, 17), (2, 132), (3, 7), (4, 2)], counts);
    }

    [Fact]
    public void Every_code_is_three_capitals_and_is_found_again()
    {
        Assert.All(Currency.All, currency =>
        {
            Assert.Matches("^[A-Z]{3}$", currency.Code);
            Assert.Equal(currency, Currency.Parse(currency.Code));
        });
        Assert.Distinct(Currency.All.Select(c => c.Code));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("eur")]
    [InlineData("Eur")]
    [InlineData(" EUR")]
    [InlineData("EUR ")]
    [InlineData("EURO")]
    [InlineData("€")]
    [InlineData("978")]
    [InlineData("DEM")] // Withdrawn.
    [InlineData("XAU")] // A metal.
    [InlineData("XTS")] // Reserved for tests.
    [InlineData("XXX")]
    [InlineData("ZZZ")]
    public void What_is_not_exactly_a_code_is_no_currency(string? code)
    {
        Assert.False(Currency.TryParse(code, out var currency));
        Assert.Equal(default, currency);
    }

    [Fact]
    public void A_code_that_must_exist_and_does_not_is_named_in_the_error()
    {
        var error = Assert.Throws<FormatException>(() => Currency.Parse("eur"));

        Assert.Equal("'eur' is not an ISO 4217 currency.", error.Message);
    }

    [Fact]
    public void A_currency_that_was_never_set_is_never_taken_for_one()
    {
        Assert.Throws<InvalidOperationException>(() => default(Currency).Code);
        Assert.DoesNotContain(default, Currency.All);
    }
}
