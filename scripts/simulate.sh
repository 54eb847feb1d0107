# ./payments simulate
# shellcheck shell=bash

# The program knows it.
usage_simulate() { verb_simulate --help; }

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
