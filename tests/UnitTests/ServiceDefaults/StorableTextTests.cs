using System.Text;
using Payments.ServiceDefaults.Requests;

namespace UnitTests.ServiceDefaults;

public sealed class StorableTextTests
{
    [Theory]
    [InlineData("")]
    [InlineData("plain")]
    [InlineData("Zürich 東京 \ud83d\ude00 \r\n\t\u0001")]
    public void Well_formed_text_is_storable(string text)
    {
        Assert.Null(StorableText.ProblemOf(text));
        Assert.Null(StorableText.ProblemOf(Encoding.UTF8.GetBytes(text)));
    }

    [Fact]
    public void A_null_character_and_half_a_surrogate_pair_are_not()
    {
        Assert.Equal(StorableText.HasNul, StorableText.ProblemOf("\0"));
        Assert.Equal(StorableText.HasNul, StorableText.ProblemOf("a\0b"));
        Assert.Equal(StorableText.NotUnicode, StorableText.ProblemOf("\ud800"));
        Assert.Equal(StorableText.NotUnicode, StorableText.ProblemOf("a\udc00b"));
        Assert.Equal(StorableText.NotUnicode, StorableText.ProblemOf("\ude00\ud83d"));
    }

    [Theory]
    [InlineData(new byte[] { 0xFF }, StorableText.NotUnicode)]
    [InlineData(new byte[] { 0xC0, 0x80 }, StorableText.NotUnicode)] // U+0000 in too many bytes.
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 }, StorableText.NotUnicode)] // U+D800.
    [InlineData(new byte[] { 0xF4, 0x90, 0x80, 0x80 }, StorableText.NotUnicode)] // Beyond U+10FFFF.
    [InlineData(new byte[] { 0xE2, 0x82 }, StorableText.NotUnicode)] // Cut off.
    [InlineData(new byte[] { 0x61, 0x00 }, StorableText.HasNul)]
    public void Bytes_that_are_no_UTF8_are_not(byte[] utf8, string problem) => Assert.Equal(problem, StorableText.ProblemOf(utf8));

    [Theory]
    [InlineData("""{"a":"\u0000"}""", "a", StorableText.HasNul)]
    [InlineData("""{"a":"x\\\u0000"}""", "a", StorableText.HasNul)]
    [InlineData("""{"a":"\ud800"}""", "a", StorableText.NotUnicode)]
    [InlineData("""{"a":"\uDBFFx\uDC00"}""", "a", StorableText.NotUnicode)]
    [InlineData("""{"a":"\udc00\ud800"}""", "a", StorableText.NotUnicode)]
    [InlineData("""{"a":{"b":["x",{"c":1},["y","\u0000"]]}}""", "a.b[2][1]", StorableText.HasNul)]
    [InlineData("""{"a":[],"b":{},"c":"\ud800"}""", "c", StorableText.NotUnicode)]
    [InlineData("""{"a":{"b":1,"\u0000":2}}""", "a", StorableText.HasNul)]
    [InlineData("""{"\ud800":2}""", "body", StorableText.NotUnicode)]
    [InlineData("\"\\u0000\"", "body", StorableText.HasNul)]
    [InlineData("""["\u0000"]""", "[0]", StorableText.HasNul)]
    [InlineData("""{"a":1e999999}""", "a", StorableText.NotInRange)]
    [InlineData("""{"a":[0,1E-99999999999]}""", "a[1]", StorableText.NotInRange)]
    public void The_first_fault_of_a_document_is_named_by_its_field(string json, string field, string problem) =>
        Assert.Equal((field, problem), StorableText.ProblemOfJson(Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("""{"a":"\\u0000","b":"\ud83d\ude00","c":"\"\u0001\u00e9","d":[1e300,-0.5,null,true]}""")]
    [InlineData("""{"a":"\\\\u0000"}""")]
    [InlineData("""{"a":""")] // Malformed, which its reader tells.
    [InlineData("")]
    public void All_else_is_left_to_its_reader(string json) => Assert.Null(StorableText.ProblemOfJson(Encoding.UTF8.GetBytes(json)));
}
