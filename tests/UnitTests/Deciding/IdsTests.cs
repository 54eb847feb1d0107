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
            [Text, Text, Text, Text, Text, Text],
            [
                $"{new WalletId(id)}", $"{new PaymentId(id)}", $"{new RefundId(id)}", $"{new OperationId(id)}", $"{new HoldId(id)}",
                $"{new MovementId(id)}",
            ]);
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
    public void The_operation_and_the_hold_of_a_payment_or_refund_have_its_id()
    {
        var id = Guid.Parse(Text);

        Assert.Equal(new OperationId(id), OperationId.For(new PaymentId(id)));
        Assert.Equal(new OperationId(id), OperationId.For(new RefundId(id)));
        Assert.Equal(new HoldId(id), HoldId.For(new OperationId(id)));
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

    [Theory]
    [InlineData("t")]
    [InlineData("tok_visa-1")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123")]
    public void A_card_token_is_1_to_64_letters_digits_and_a_few_signs(string text)
    {
        Assert.True(CardToken.TryParse(text, out var token));
        Assert.Equal((text, text), (token.Value, token.ToString()));
        Assert.Equal(token, CardToken.Parse(text));
    }

    /// <summary>What it was is not said: it may have been a card's number.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("4242 4242 4242 4242")]
    [InlineData("tok:visa")]
    [InlineData("tök")]
    [InlineData("01234567890123456789012345678901234567890123456789012345678901234")]
    public void Any_other_text_is_no_card_token(string? text)
    {
        Assert.False(CardToken.TryParse(text, out var token));
        Assert.Throws<InvalidOperationException>(() => token.Value);
        Assert.Equal("This is not a card token.", Assert.Throws<FormatException>(() => CardToken.Parse(text!)).Message);
    }

    private static (bool Ok, TId Id) Read<TId>(string? text)
        where TId : struct, IUuidId<TId> => (TId.TryParse(text, out var id), id);
}
