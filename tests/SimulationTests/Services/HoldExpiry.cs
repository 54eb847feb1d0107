using Payments.Domain;
using Payments.Domain.Wallets;
using SimulationTests.Worlds;

namespace SimulationTests.Services;

/// <summary>Gives back what was held for too long, as the wallet service's hold clock does: every second, from the table.</summary>
internal sealed class HoldExpiry(World world) : Actor(world, "hold-expiry")
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private DateTimeOffset _looksAt;

    public override DateTimeOffset? NextAt => World.HoldRows.First is { } due ? (due > _looksAt ? due : _looksAt) : null;

    public override void Step()
    {
        _looksAt = World.Clock.Now + Every;
        foreach (var (hold, wallet, operation, _) in World.HoldRows.Due(World.Clock.Now))
        {
            World.Saw("hold expiry tried");
            var command = new WalletCommand.ExpireHold(new HoldId(hold));
            if (World.Wallets.Execute(
                wallet, operation, Name, (state, now) => Wallet.Decide(state, command, now, World.Plan.Rules)) is null)
            {
                return;
            }
        }
    }
}
