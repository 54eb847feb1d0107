using SimulationTests.Running;
using Xunit.Runner.InProc.SystemConsole;

// `simulate …` runs worlds; anything else is for the runner of the tests.
return args is ["simulate", .. var rest] ? SimulateVerb.Run(rest) : await ConsoleRunner.Run(args);
