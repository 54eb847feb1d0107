# ./payments simulate
# shellcheck shell=bash

usage_simulate() {
  cat <<'TEXT'
Usage: ./payments simulate [--seeds N] [--seed S] [--minutes M] [--trace] [--seen] [--without FAULT,…] [--only N,…] [--workers N]

Runs worlds in which payments, wallets and sagas are real, and broker, store, clock, clients and card processor are simulated, with all that can
go wrong: one world a seed, one thread a world. Ends at the first seed that violates something, leaves out of its world what it fails without,
and prints the trace of what is left. docs/simulation.md says what is real, what is simulated and what is checked.

  --seeds N      how many seeds; 1,000 unless told otherwise, one where only --seed is given
  --seed S       the first seed; 1 unless told otherwise
  --minutes M    as many seeds as can be done in this time
  --trace        with one seed: print what happens, a line a step
  --seen         with many seeds: print what they have met, and how many of them
  --without F,…  leave these out: StoreTrouble, Crashes, BrokerLoss, Rebalances, Stalls, Processor, Operators, Poison, Rewinds, RelayCrashes
  --only N,…     leave out all operations of the script but these
  --workers N    worlds at the same time; as many as there are cores unless told otherwise

Ends with 0 when nothing was violated, with 1 when something was, with 2 when the arguments make no sense or it could not be built.
TEXT
}

verb_simulate() {
  need_sdk
  local program="$root/tests/SimulationTests/bin/Release/net10.0/SimulationTests.dll"
  [ -f "$program" ] || say "building; the first time takes a minute"
  if ! build tests/SimulationTests; then
    say "the build failed"
    exit 2 # Not done: 1 would say that something was found.
  fi
  exec dotnet "$program" simulate "$@"
}
