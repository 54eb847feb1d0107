using Payments.Domain;

namespace UnitTests.Deciding;

public sealed class IdsTests
{
    private const string Text = "0198c0de-0000-7000-8000-000000000001";

    [Fact]
    public void An_id_is_read_from_and_shown_as_36_characters()
    {
        Assert.Equal((true, new WalletId(Guid.Parse(Text))), Read<WalletId>(Text));
        Assert.Equal((true, new WalletId(Guid.Parse(Text))), Read<WalletId>(Text.ToUpperInvariant()));

        var id = Guid.Parse(Text);
        Assert.Equal(
            [Text, Text, Text, Text],
            [$"{new WalletId(id)}", $"{new PaymentId(id)}", $"{new HoldId(id)}", $"{new MovementId(id)}"]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("0198c0de000070008000000000000001")]
    [InlineData("{0198c0de-0000-7000-8000-000000000001}")]
    [InlineData("0198c0de-0000-7000-8000-00000000000g")]
    [InlineData("00000000-0000-0000-0000-000000000000")]
    public void Anything_else_is_no_id(string? text) => Assert.Equal((false, default), Read<PaymentId>(text));

    [Fact]
    public void The_hold_and_the_movement_of_a_payment_have_its_id()
    {
        var payment = new PaymentId(Guid.Parse(Text));

        Assert.Equal((new HoldId(payment.Value), new MovementId(payment.Value)), (HoldId.For(payment), MovementId.For(payment)));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("anna.o-malley_7@example.org:x+y")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123")]
    public void A_user_id_is_1_to_64_letters_digits_and_a_few_signs(string text)
    {
        Assert.True(UserId.TryParse(text, out var id));
        Assert.Equal((text, text), (id.Value, id.ToString()));
        Assert.Equal(id, UserId.Parse(text));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("ä")]
    [InlineData("a\n")]
    [InlineData("01234567890123456789012345678901234567890123456789012345678901234")]
    public void Any_other_text_is_no_user_id(string? text)
    {
        Assert.False(UserId.TryParse(text, out var id));
        Assert.Throws<InvalidOperationException>(() => id.Value);
        Assert.Equal($"'{text}' is not a user id.", Assert.Throws<FormatException>(() => UserId.Parse(text!)).Message);
    }

    private static (bool Ok, TId Id) Read<TId>(string? text)
        where TId : struct, IUuidId<TId> => (TId.TryParse(text, out var id), id);
}
