namespace IntegrationTests.Wallets;

/// <summary>One wallet whose stream cannot be folded any more: the others go on, and a person is told of it.</summary>
public sealed class CorruptWalletTests(PostgresFixture postgres)
{
    [Fact]
    public async Task A_wallet_that_cannot_be_folded_is_an_alert_and_the_holds_of_others_are_given_back()
    {
        var wallets = await WalletPlatform.StartAsync(postgres);
        var (corrupt, well) = (await wallets.Api.OpenWalletWithAsync(5_000), await wallets.Api.OpenWalletWithAsync(5_000));
        await wallets.HoldAsync(corrupt, 1_000, expiresInSeconds: 2);
        await wallets.HoldAsync(well, 1_000, expiresInSeconds: 2);
        await wallets.StopAsync();
        await wallets.Log.ColumnAsync<string>(
            $"update events set data = '{{\"nonsense\":1}}' " +
            $"where stream_id = 'wallet/{corrupt}' and stream_version = 2 returning stream_id");

        await using var later = await WalletPlatform.StartOnAsync(wallets.Database, "Invariants:EveryMs=200", "Invariants:GraceMs=0");
        await WalletPlatform.UntilAsync(async () => (await later.Api.WalletAsync(well)).Held == 0);
        await WalletPlatform.UntilAsync(async () => (await later.Log.ColumnAsync<string>(
            "select subject from alerts where invariant = 'holds-expire' and cleared_at is null")).SequenceEqual([$"wallet/{corrupt}"]));

        // Still there, and at work: another hold of the healthy wallet ends by itself, too.
        await later.HoldAsync(well, 1_000, expiresInSeconds: 1);
        await WalletPlatform.UntilAsync(async () => (await later.Api.WalletAsync(well)).Held == 0);
        await wallets.DisposeAsync();
    }
}
