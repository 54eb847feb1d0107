# ./payments apphost
# shellcheck shell=bash

usage_apphost() {
  cat <<'TEXT'
Usage: ./payments apphost [arguments of AppHost]

Builds the Aspire AppHost and runs it: every service as a process of its own, under the Aspire dashboard on http://localhost:15000. The same as
`dotnet run --project AppHost`, after installing what that needs.
With a container engine (Docker, Podman) PostgreSQL, Redpanda, Redis, Prometheus and Grafana are containers; without one they are programs of
this machine, which are installed first. Ctrl-C ends everything. Data is kept in .data/apphost, or in volumes.

  --Local=true|false   programs of this machine, or containers, whatever the engine says
  --Local:Data=FOLDER  where the programs keep their data
  --Replicas=N         instances of each service
TEXT
}

verb_apphost() {
  need_sdk
  case " $* " in
    *' --Local=false '*) ;;
    *' --Local=true '*) need postgresql redis-server ;;
    *) container_engine || need postgresql redis-server ;;
  esac
  local program="$root/AppHost/bin/Release/net10.0/AppHost.dll"
  [ -f "$program" ] || say "building; the first time takes two minutes"
  build "$root/AppHost" || fail "the build failed"
  cd "$root"
  exec dotnet run --project AppHost -c Release --no-build -- "$@"
}

# container_engine: does one answer? That a client is installed says nothing.
container_engine() { timeout 5 docker info >/dev/null 2>&1 || timeout 5 podman info >/dev/null 2>&1; }
