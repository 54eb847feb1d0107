# ./payments verify, archive, broker and demo: verbs of one program. The first two are for an operator, on the databases.
# shellcheck shell=bash

# The program knows it.
usage_verify() { verb_verify --help; }
usage_archive() { verb_archive --help; }
usage_broker() { verb_broker --help; }
usage_demo() { verb_demo --help; }

verb_verify() { run_tool verify "$@"; }
verb_archive() { run_tool archive "$@"; }
verb_broker() { run_tool broker "$@"; }
verb_demo() { run_tool demo "$@"; }

run_tool() {
  need_sdk
  local program="$root/src/Tools/bin/Release/net10.0/Payments.Tools.dll"
  [ -f "$program" ] || say "building; the first time takes one to two minutes"
  if ! build src/Tools; then
    say "the build failed"
    exit 2 # Not done: 1 would say that something was found.
  fi
  # The same data as ./payments run, from whichever folder it is started.
  export PAYMENTS_DATA_DIR=${PAYMENTS_DATA_DIR:-$root/.data}
  exec dotnet "$program" "$@"
}
