using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Payments.Hosting;
using Payments.Messaging.Topics;

namespace UnitTests.Messaging;

public sealed class SplitSettingTests
{
    private readonly IConfigurationRoot _configuration = new ConfigurationBuilder().AddInMemoryCollection().Build();

    [Fact]
    public void Without_a_word_nothing_is_split() => Assert.Equal(SplitPhase.Single, SplitSetting.Read(_configuration));

    [Fact]
    public void What_is_no_phase_is_refused_by_a_sentence_that_says_what_is()
    {
        _configuration["Kafka:PaymentEvents"] = "both";

        var refusal = Assert.Throws<InvalidOperationException>(() => SplitSetting.Read(_configuration));
        Assert.Equal("Kafka:PaymentEvents is 'both', and must be single, dual or split. See docs/operations.md.", refusal.Message);
    }

    [Fact]
    public async Task It_is_followed_as_the_configuration_reloads_and_what_is_wrong_changes_nothing()
    {
        var split = new SplitSwitch();
        var setting = new SplitSetting(_configuration, split, NullLogger<SplitSetting>.Instance);
        await setting.StartAsync(TestContext.Current.CancellationToken);

        Assert.Equal(SplitPhase.Dual, After("dual"));
        Assert.Equal(SplitPhase.Dual, After("neither"));
        Assert.Equal(SplitPhase.Split, After("split"));
        await setting.StopAsync(TestContext.Current.CancellationToken);
        Assert.Equal(SplitPhase.Split, After("single"));

        SplitPhase After(string text)
        {
            _configuration["Kafka:PaymentEvents"] = text;
            _configuration.Reload();
            return split.Phase;
        }
    }
}
