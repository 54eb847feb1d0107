# The Aspire dashboard beside `./payments run --dashboard`: traces, metrics and structured logs, live.
# shellcheck shell=bash

readonly dashboard_url=http://localhost:18888
readonly dashboard_otlp=http://localhost:4317

# The folder that holds the dashboard's program and all that it unpacks: outside of the clone, one for each version.
dashboard_home() { printf '%s/aspire-%s-%s' "$cache" "$(rid_arch)" "$aspire_cli_version"; }

# Fetches it once. The npm package of the platform is asked for, because not every registry has the one that chooses.
install_dashboard() {
  local home scratch
  home=$(dashboard_home)
  [ ! -x "$home/package/bin/aspire" ] || return 0
  command -v npm >/dev/null || fail "the Aspire dashboard comes from npm, which is not installed: $(install_command npm)
  Without --dashboard the platform runs just the same."
  say "fetching the Aspire dashboard, about 120 MB (once)"
  mkdir -p -- "$cache"
  scratch=$(mktemp -d "$cache/making.XXXXXX")
  if ! (cd "$scratch" && npm_source "$aspire_cli-$(rid_arch)" "$aspire_cli_version" && [ -x package/bin/aspire ] && rm -f -- ./*.tgz); then
    rm -rf -- "$scratch"
    fail "the npm registry does not give $aspire_cli-$(rid_arch) $aspire_cli_version, which has the dashboard. Without --dashboard the platform runs just the same."
  fi
  # Whole or not at all: two runs at once leave one of them.
  mv -T -- "$scratch" "$home" 2>/dev/null || rm -rf -- "$scratch"
}

# Starts it, and has it end with this process, which goes on as the platform. Ctrl-C reaches the platform alone: what that still has to say
# at its end is taken in.
start_dashboard() {
  local home log port i
  home=$(dashboard_home)
  log="$home/dashboard.log"
  for port in 18888 4317 4318; do
    ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null ||
      fail "port $port of 127.0.0.1, which the Aspire dashboard needs, is in use: end what has it, perhaps another dashboard"
  done

  mkdir -p -- "$home/home"
  env HOME="$home/home" ASPIRE_CLI_TELEMETRY_OPTOUT=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 \
    setsid setpriv --pdeathsig TERM "$home/package/bin/aspire" dashboard run \
    --allow-anonymous --non-interactive --nologo \
    --frontend-url "$dashboard_url" --otlp-grpc-url "$dashboard_otlp" --otlp-http-url http://localhost:4318 \
    </dev/null >"$log" 2>&1 &
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
