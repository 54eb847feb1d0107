using Npgsql;
using Payments.Hosting;

namespace IntegrationTests.Pooling;

public sealed class ConnectionDefaultsTests
{
    [Theory]
    [InlineData("Host=a", false, "40 40 True False 10")]
    [InlineData("Host=a", true, "0 40 True False 10")]
    [InlineData("Host=a;No Reset On Close=true", false, "0 40 True False 10")]
    [InlineData("Host=a;Max Auto Prepare=7;Maximum Pool Size=9", true, "7 9 True False 10")]
    [InlineData("Host=a;Minimum Pool Size=50", false, "40 50 True False 10")]
    [InlineData("Host=a,b", false, "40 40 True True 2")]
    [InlineData("Host=a,b;Load Balance Hosts=false;Host Recheck Seconds=30", true, "0 40 True False 30")]
    [InlineData("Host=a,b;No Reset On Close=false", true, "0 40 False True 2")]
    public void What_a_connection_string_leaves_open_is_filled_in_and_what_it_says_wins(string given, bool throughPooler, string expected)
    {
        var settings = new NpgsqlConnectionStringBuilder(given);

        ConnectionDefaults.Apply(settings, throughPooler);

        object[] actual =
        [
            settings.MaxAutoPrepare,
            settings.MaxPoolSize,
            settings.NoResetOnClose,
            settings.LoadBalanceHosts,
            settings.HostRecheckSeconds,
        ];
        Assert.Equal(expected, string.Join(' ', actual));
    }
}
