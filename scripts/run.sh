# ./payments run
# shellcheck shell=bash

usage_run() {
  cat <<'TEXT'
Usage: ./payments run [--dashboard] [arguments of the platform]

Builds src/Standalone and runs it: every service, the gateway and the console in one process, each on its own port.
Ctrl-C ends it. Data is kept in .data/ (PAYMENTS_DATA_DIR); ports are 8080 and 8081 (PAYMENTS_GATEWAY_PORT, PAYMENTS_CONSOLE_PORT). The environment is Development unless ASPNETCORE_ENVIRONMENT says otherwise.

  --dashboard   with the Aspire dashboard on http://localhost:18888, which shows traces, metrics and logs as they come
TEXT
}

verb_run() {
  local dashboard=no argument arguments=()
  for argument in "$@"; do
    case $argument in --dashboard) dashboard=yes ;; *) arguments+=("$argument") ;; esac
  done

  need_sdk
  # Whoever names a database brings the server.
  [ -n "${ConnectionStrings__payments:-}${PAYMENTS_POSTGRES:-}" ] || need postgresql
  local program="$root/src/Standalone/bin/Release/net10.0/Payments.Standalone.dll"
  [ -f "$program" ] || say "building; the first time takes one to two minutes"
  build src/Standalone || fail "the build failed"
  export ASPNETCORE_ENVIRONMENT=${ASPNETCORE_ENVIRONMENT:-Development}
  # The same data from whichever folder it is started.
  export PAYMENTS_DATA_DIR=${PAYMENTS_DATA_DIR:-$root/.data}
  if [ "$dashboard" = yes ]; then
    # shellcheck source=/dev/null
    . "$root/scripts/dashboard.sh"
    install_dashboard
    start_dashboard
  fi
  # exec: signals reach the platform itself, and its exit code is ours.
  exec dotnet "$program" "${arguments[@]}"
}
