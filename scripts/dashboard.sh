# The Aspire dashboard beside `./payments run --dashboard`: traces, metrics and structured logs, live. AppHost has it built in.
# shellcheck shell=bash

readonly dashboard_url=http://localhost:18888
readonly dashboard_otlp=http://localhost:4317

# The program, of the package that AppHost's restore has brought.
dashboard_program() {
  local packages version
  packages=$(cd "$root" && dotnet nuget locals global-packages --list | sed 's/^[^:]*: *//; s|/$||')
  version=$(sed -nE 's/.*PackageVersion Include="Aspire.Hosting.AppHost" Version="([^"]*)".*/\1/p' "$root/Directory.Packages.props")
  printf '%s/aspire.dashboard.sdk.linux-%s/%s/tools/Aspire.Dashboard' "$packages" "$(rid_arch)" "$version"
}

rid_arch() { case $(uname -m) in aarch64) echo arm64 ;; *) echo x64 ;; esac }

install_dashboard() {
  local log
  [ ! -x "$(dashboard_program)" ] || return 0
  say "fetching the Aspire dashboard, about 30 MB (once)"
  log=$(mktemp)
  quietly "$log" dotnet restore "$root/AppHost" ||
    fail "the package feed does not give the Aspire dashboard. Without --dashboard the platform runs just the same."
  rm -f -- "$log"
}

# Starts it, and has it end with this process, which goes on as the platform. Ctrl-C reaches the platform alone: what that still has to say
# at its end is taken in.
start_dashboard() {
  local log port i
  log=$(mktemp)
  for port in 18888 4317; do
    ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null ||
      fail "port $port of 127.0.0.1, which the Aspire dashboard needs, is in use: end what has it, perhaps another dashboard"
  done

  env ASPNETCORE_URLS="$dashboard_url" ASPNETCORE_ENVIRONMENT=Production ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL="$dashboard_otlp" \
    ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS=true ASPIRE_ALLOW_UNSECURED_TRANSPORT=true \
    setsid setpriv --pdeathsig TERM "$(dashboard_program)" </dev/null >"$log" 2>&1 &
  local dashboard=$!
  for ((i = 0; i < 300; i++)); do
    kill -0 "$dashboard" 2>/dev/null || {
      cat -- "$log" >&2
      fail "the Aspire dashboard ended by itself"
    }
    if (exec 3<>/dev/tcp/127.0.0.1/18888) 2>/dev/null && (exec 3<>/dev/tcp/127.0.0.1/4317) 2>/dev/null; then
      export OTEL_EXPORTER_OTLP_ENDPOINT=$dashboard_otlp OTEL_EXPORTER_OTLP_PROTOCOL=grpc
      export OTEL_SERVICE_NAME=${OTEL_SERVICE_NAME:-payments}
      say "the Aspire dashboard is at $dashboard_url; it ends with the platform"
      return 0
    fi
    sleep 0.2
  done
  kill "$dashboard" 2>/dev/null || true
  cat -- "$log" >&2
  fail "the Aspire dashboard was not ready within a minute"
}
