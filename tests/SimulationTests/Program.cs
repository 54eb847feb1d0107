using SimulationTests.Running;
using Xunit.Runner.InProc.SystemConsole;

// `simulate …` runs worlds; anything else is for the runner of the tests.
return args is ["simulate", ..] ? SimulateVerb.Run(args) : await ConsoleRunner.Run(args);
