using Payments.Domain;
using Payments.Domain.Sagas;
using UnitTests.Wire;

namespace UnitTests.Deciding;

public sealed class UnreachableStateTests
{
    [Fact]
    public void It_names_what_it_is_about_and_tells_nothing_that_is_in_it()
    {
        var started = Samples.ByFile.Values.OfType<SagaEvent.Started>().First(s => s.Terms.Payment.Source.Method == "card");
        var saga = Saga.Evolve(null, started);

        var message = Assert.Throws<UnreachableStateException>(() => Saga.Evolve(saga, started)).Message;

        Assert.Equal($"Started cannot happen to Saga: {saga.Terms.Operation}.", message);
    }
}
