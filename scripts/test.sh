# ./payments test
# shellcheck shell=bash

usage_test() {
  cat <<'TEXT'
Usage: ./payments test [--fast | --upgrade] [arguments of the test runner]

Checks the formatting, builds with warnings as errors, and runs UnitTests, SimulationTests,
AppHostTests, IntegrationTests and BrowserTests, all of them even if one fails.
The last line has the counts. A failed check of the formatting, a failed build and a crashed run each count as one failure.

  --fast    UnitTests only: no server, no browser, no check of the formatting
  --upgrade build the version before from the history of this clone, and replace it by this one under load
            (some minutes; kept under ${XDG_CACHE_HOME:-~/.cache}/payments-platform)

Other arguments go to the runner of xunit, for example: -method '*Funds*' or -class UnitTests.Wallets.WalletTests
TEXT
}

# Longest time that one test project may take; beyond it, it hangs. Longer than this is unusual for one test: the runner names it, and so the
# one that hangs.
readonly test_run_max=30m test_long_seconds=180

# The version that is upgraded from: the last one that was given out.
readonly version_before=9e8a2f4

verb_test() {
  if [ "${1:-}" = --upgrade ]; then
    shift
    test_upgrade "$@"
    return
  fi

  local fast=no passed=0 failed=0 skipped=0 project
  local filter=$root/Payments.Aspire.sln projects=(UnitTests SimulationTests AppHostTests IntegrationTests BrowserTests)
  if [ "${1:-}" = --fast ]; then
    fast=yes projects=(UnitTests) filter=$root/tests/UnitTests/UnitTests.csproj
    shift
  fi

  need_sdk
  [ "$fast" = yes ] || need postgresql redis-server chromium pgbouncer prometheus faketime
  say "building; from nothing two to four minutes"
  if build "$filter"; then
    [ "$fast" = yes ] || check_formatting "$filter" || failed=$((failed + 1))
    for project in "${projects[@]}"; do
      run_tests "$project" "$@"
    done
  else
    say "the build failed"
    failed=1
  fi

  if [ "$skipped" -gt 0 ]; then
    printf '%s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
  else
    printf '%s passed, %s failed\n' "$passed" "$failed"
  fi
  [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}

test_upgrade() {
  local passed=0 failed=0 skipped=0 folder=$cache/versions/$version_before
  if ! git -C "$root" cat-file -e "$version_before^{commit}" 2>/dev/null; then
    say "skipped: this clone does not have $version_before, the version before (a shallow clone? git fetch --unshallow)"
    return 0
  fi

  need_sdk
  need postgresql
  if [ ! -f "$folder/built" ]; then
    say "building the version before ($version_before)"
    rm -rf -- "$folder"
    mkdir -p -- "$folder"
    git -C "$root" archive "$version_before" | tar -x -C "$folder"
    (cd "$folder" && dotnet build src/Payments.Standalone "${build_options[@]}") >"$folder/build.log" 2>&1 </dev/null \
      || { tail -n 20 -- "$folder/build.log" >&2; fail "the version before cannot be built"; }
    touch -- "$folder/built"
  fi

  say "building"
  build "$root/tests/IntegrationTests/IntegrationTests.csproj"
  PAYMENTS_VERSION_BEFORE=$folder/src/Payments.Standalone/bin/Release/net10.0 \
    run_tests IntegrationTests -explicit only -class IntegrationTests.Chaos.RollTests "$@"
  printf '%s passed, %s failed\n' "$passed" "$failed"
  [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}

# Style that is more than white space is an error of the build.
check_formatting() {
  local log status=0
  log=$(mktemp)
  if ! (cd "$root" && dotnet format whitespace "$1" --verify-no-changes --no-restore) >"$log" 2>&1 </dev/null; then
    status=1
    sort -u -- "$log" >&2
    say "formatting: run dotnet format Payments.Aspire.sln"
  fi
  if (cd "$root" && LC_ALL=C.UTF-8 grep -rnE --include='*.cs' --include='*.razor' --exclude-dir=bin --exclude-dir=obj \
      '.{141}' AppHost ServiceDefaults bench dev src tests) >&2; then
    status=1
    say "formatting: lines have at most 140 characters"
  fi
  rm -f -- "$log"
  return "$status"
}

# run_tests <project> [arguments]: adds to passed, failed and skipped.
run_tests() {
  local project=$1 log status=0 bad errors skips
  local program="$root/tests/$project/bin/Release/net10.0/$project.dll"
  shift
  say "$project"
  log=$(mktemp)
  # The plain form of the output is what is read below, so the terminal's colours are left out.
  timeout --foreground --kill-after=20s "$test_run_max" dotnet "$program" -noColor -noLogo -longRunning "$test_long_seconds" "$@" \
    </dev/null 2>&1 | tee -- "$log" || status=$?

  # "   UnitTests  Total: 12, Errors: 0, Failed: 1, Skipped: 2, Not Run: 0, Time: 0.5s"
  # An error is a failure outside a test (a fixture that cannot be torn down): it is not in the total.
  bad=$(count Failed "$log") errors=$(count Errors "$log") skips=$(count Skipped "$log")
  passed=$((passed + $(count Total "$log") - bad - skips - $(count 'Not Run' "$log")))
  rm -f -- "$log"
  bad=$((bad + errors)) failed=$((failed + bad)) skipped=$((skipped + skips))
  # A run that ends badly and names no failure has crashed, or was stopped as hanging.
  if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then
    say "$project ended with $status without a failed test: counted as one failure"
    failed=$((failed + 1))
  fi
}

# count <word> <log>: the number after the word in the summary of the run; 0 when there is none.
count() {
  local number
  number=$(sed -nE "s/^ *[A-Za-z.]+ +Total: [0-9]+.*/&/; T; s/.*$1: ([0-9]+).*/\1/p" "$2" | tail -n 1)
  printf '%s' "${number:-0}"
}
