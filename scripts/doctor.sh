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
  check postgresql "run, apphost without containers, test, bench: the server's programs, $postgres_min or later" "${bin:+$bin, $("$bin/postgres" --version)}"
  check redis-server "apphost without containers, test, bench"
  check pgbouncer "test: the event store through a pooler" "$(pgbouncer_program || true)"
  check prometheus "apphost without containers; test: the alert rules, by promtool" "$(command -v promtool || true)"
  check chromium "test: the console in a browser" "$(chromium_program || true)"

  if [ "$bad" -eq 0 ]; then
    doctor_targets
  else
    line unknown "aspire targets" "cannot be asked without the SDK"
  fi

  if [ ${#wanted[@]} -gt 0 ]; then
    bad=1
    printf '\nTo mend it:\n  %s\n' "$(install_command "${wanted[@]}")"
    may_install && printf 'or let ./payments do it: it may install packages here.\n'
  fi
  return "$bad"
}

# The packages for `aspire publish` to Compose and Azure are not in every feed. Asked once; running and testing need none of them.
doctor_targets() {
  local answer=$cache/aspire-targets
  [ -f "$answer" ] || probe_targets "$answer" || {
    line unknown "aspire targets" "the package feed cannot be asked"
    return 0
  }
  case $(cat -- "$answer") in
    yes) line ok "aspire targets" "AspireTargets=true builds Docker Compose and Azure Container Apps into AppHost" ;;
    *) line "not here" "aspire targets" "the package feed lacks Aspire.Hosting.Docker or .Azure.AppContainers: AppHost publishes the manifest only" ;;
  esac
}

probe_targets() {
  local answer=$1 log found=no
  log=$(mktemp)
  mkdir -p -- "$(dirname -- "$answer")"
  if AspireTargets=true DOTNET_CLI_UI_LANGUAGE=en timeout 300 dotnet restore "$root/AppHost" -p:RestoreUseStaticGraphEvaluation=false \
      -p:BaseIntermediateOutputPath="$(mktemp -d)/" >"$log" 2>&1 </dev/null; then
    found=yes
  elif ! grep -q NU1101 "$log"; then
    rm -f -- "$log"
    return 1
  fi
  rm -f -- "$log"
  printf '%s\n' "$found" >"$answer"
}
