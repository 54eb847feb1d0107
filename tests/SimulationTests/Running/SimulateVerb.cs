using System.Diagnostics;
using SimulationTests.Plans;

namespace SimulationTests.Running;

internal static class SimulateVerb
{
    public static int Run(string[] args)
    {
        var n = int.Parse(args[0]); var from = args.Length>1? int.Parse(args[1]):1;
        var sw = Stopwatch.StartNew(); long ev=0, st=0; var seen = new HashSet<string>(); int bad=0;
        for (var s=from;s<from+n;s++){ var o = Outcome.Of(Plan.Of(s)); ev+=o.Events; st+=o.Steps; seen.UnionWith(o.Seen);
          if(o.Violation!=null){ bad++; if (bad<4) Console.WriteLine($"seed {s} {o.Plan.Faults}: {o.Violation}"); if(bad==1 && args.Length>2){ var t=Outcome.Of(Plan.Of(s),true); foreach(var l in t.Lines) Console.WriteLine(l); Console.WriteLine($"{t.Hash==o.Hash}");} } }
        Console.WriteLine($"{n} seeds {bad} bad, {ev/(double)n:0} events, {st/(double)n:0} steps, {n/sw.Elapsed.TotalSeconds:0}/s");
        if (args.Length>3) foreach (var x in seen.Order()) Console.WriteLine(x);
        return bad;
    }
}
