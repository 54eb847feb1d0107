using System.Text;
using FsCheck.Fluent;
using Payments.EventStore.Postgres;
using UnitTests.Randomness;

namespace UnitTests.Parking;

public sealed class StorableTextTests
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    // No theory: the text of an attribute is itself stored as UTF-8.
    [Fact]
    public void What_cannot_be_stored_is_replaced_and_nothing_else() => Assert.All(
        [
            ("", ""),
            ("é𐍈\r\n\u0001", "é𐍈\r\n\u0001"),
            ("a\0b\0", "a\uFFFDb\uFFFD"),
            ("\ud800", "\uFFFD"),
            ("\udc00\ud800x", "\uFFFD\uFFFDx"),
            ("\ud800\ud800\udf48", "\uFFFD𐍈"),
        ],
        ((string Text, string Stored) c) => Assert.Equal(c.Stored, StorableText.Of(c.Text)));

    [Fact]
    public void A_text_that_is_cut_in_the_middle_of_a_character_loses_its_half() =>
        Assert.Equal("a\uFFFD…", StorableText.Of("a𐍈b", 2));

    [Fact]
    public void Bytes_that_are_no_text_are_shown_as_far_as_they_are() =>
        Assert.Equal("a\uFFFDb\uFFFD", StorableText.Of([(byte)'a', 0xff, (byte)'b', 0]));

    [Fact]
    public void Whatever_the_text_PostgreSQL_can_store_what_comes_of_it() => Invariant.HoldsForAll(
        Gen.Choose(0, 0xffff).ListOf().Select(units => string.Concat(units.Select(u => (char)u))).ToArbitrary(),
        text =>
        {
            var stored = StorableText.Of(text);

            Assert.Equal(text.Length, stored.Length);
            Assert.DoesNotContain('\0', stored);
            Assert.Equal(stored, Strict.GetString(Strict.GetBytes(stored)));
        });
}
