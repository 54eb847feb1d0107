# ./payments run
# shellcheck shell=bash

usage_run() {
  cat <<'TEXT'
Usage: ./payments run [arguments of the platform]

Builds src/Payments.Standalone and runs it: every service, the gateway and the console in one process, each on its own port.
Ctrl-C ends it. The environment is Development unless ASPNETCORE_ENVIRONMENT says otherwise.
TEXT
}

verb_run() {
  need_sdk
  # Whoever names a database brings the server.
  [ -n "${ConnectionStrings__payments:-}" ] || need postgresql
  prepare_feed
  local program="$root/src/Payments.Standalone/bin/Release/net10.0/Payments.Standalone.dll"
  [ -f "$program" ] || say "building; the first time takes a minute"
  build src/Payments.Standalone || fail "the build failed"
  export ASPNETCORE_ENVIRONMENT=${ASPNETCORE_ENVIRONMENT:-Development}
  # exec: signals reach the platform itself, and its exit code is ours.
  exec dotnet "$program" "$@"
}
