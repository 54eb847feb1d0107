# Messages. All go to standard error: standard output belongs to the program that is run.
# shellcheck shell=bash

say() { printf 'payments: %s\n' "$*" >&2; }

fail() {
  say "$*"
  exit 1
}

# quietly <log> <command...>: the output goes to the log, and is shown only if the command fails.
quietly() {
  local log=$1 status=0
  shift
  "$@" >"$log" 2>&1 </dev/null || status=$?
  [ "$status" -eq 0 ] && return 0
  tail -n 40 -- "$log" >&2
  say "failed ($status): $*"
  return "$status"
}
