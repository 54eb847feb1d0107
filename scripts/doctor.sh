# ./payments doctor
# shellcheck shell=bash

usage_doctor() {
  cat <<'TEXT'
Usage: ./payments doctor

Says what is installed, what is missing and how to mend it. Changes nothing. Exit code 1 when something needed is missing.
TEXT
}

line() { printf '%-9s %-22s %s\n' "$1" "$2" "$3"; }

# check <piece> <what for> <what was found>
check() {
  if has "$1"; then
    line ok "$1" "${3:-$(command -v "$1" || true)}"
  else
    line MISSING "$1" "$2"
    wanted+=("$1")
  fi
}

verb_doctor() {
  local wanted=() bad=0 sdk bin
  if sdk=$(sdk_version); then
    line ok "dotnet SDK" "$sdk"
  else
    line MISSING "dotnet SDK" "$(sdk_hint)"
    bad=1
  fi

  bin=$(postgres_bin)
  check postgresql "run, test, bench: the server's programs, $postgres_min or later" "${bin:+$bin, $("$bin/postgres" --version)}"
  check redis-server "test, bench"
  check pgbouncer "test: the event store through a pooler" "$(pgbouncer_program || true)"
  check prometheus "test: the alert rules, by promtool" "$(command -v promtool || true)"
  check chromium "test: the console in a browser" "$(chromium_program || true)"

  if [ "$bad" -eq 0 ]; then
    doctor_feed
  else
    line unknown "package feed" "cannot be asked without the SDK"
  fi

  if [ ${#wanted[@]} -gt 0 ]; then
    bad=1
    printf '\nTo mend it:\n  %s\n' "$(install_command "${wanted[@]}")"
    may_install && printf 'or let ./payments do it: it may install packages here.\n'
  fi
  return "$bad"
}

doctor_feed() {
  local piece tool lacks
  lacks=$(feed_lacks) || {
    line unknown "package feed" "could not be asked; a build works if the packages are on this machine already"
    return 0
  }
  if [ -z "$lacks" ]; then
    line ok "package feed" "complete"
    return 0
  fi
  line ok "package feed" "restricted; lacks $lacks"
  for piece in $lacks; do
    if [ -z "$(made_by "$piece")" ] || [ -e "$(made_by "$piece")" ]; then
      line ok "- $piece" "$(made_by "$piece")"
      continue
    fi
    line later "- $piece" "made on the first run"
    # shellcheck disable=SC2046 # One word per tool.
    for tool in $(tools_for "$piece"); do
      check "$tool" "to make $piece"
    done
  done
}
