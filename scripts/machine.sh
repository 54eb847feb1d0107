# What the machine must have, how to see whether it has it, and the Debian package that brings it.
# shellcheck shell=bash

# What is fetched or built once and kept outside of the clone.
readonly cache=${XDG_CACHE_HOME:-$HOME/.cache}/payments-platform

# The oldest PostgreSQL that the event store supports.
readonly postgres_min=14

# The folder with the newest PostgreSQL server's programs, or nothing. Debian keeps them out of PATH.
postgres_bin() {
  local dir version best='' best_version=$((postgres_min - 1))
  for dir in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin "$(dirname -- "$(command -v postgres || echo /nowhere/x)")"; do
    [[ -x $dir/postgres && -x $dir/initdb ]] || continue
    version=$("$dir/postgres" --version | sed -E 's/[^0-9]*([0-9]+).*/\1/')
    [ "$version" -gt "$best_version" ] && best=$dir best_version=$version
  done
  printf '%s' "$best"
}

chromium_program() {
  local name
  for name in chromium chromium-browser google-chrome google-chrome-stable; do
    command -v "$name" && return
  done
  return 1
}

# Debian keeps it where only root's PATH looks.
pgbouncer_program() { PATH=$PATH:/usr/sbin command -v pgbouncer; }

# has <piece>: is it here?
has() {
  case $1 in
    postgresql) [ -n "$(postgres_bin)" ] ;;
    chromium) chromium_program >/dev/null ;;
    pgbouncer) pgbouncer_program >/dev/null ;;
    prometheus) command -v promtool >/dev/null ;;
    *) command -v "$1" >/dev/null ;;
  esac
}

# Prints those of the pieces that are missing. A piece has the name of its Debian package.
missing_of() {
  local piece
  for piece in "$@"; do
    has "$piece" || printf '%s ' "$piece"
  done
}

apt_get() {
  local as_root=()
  [ "$(id -u)" -eq 0 ] || as_root=(sudo -n)
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -y -q -o DPkg::Lock::Timeout=300 "$@"
}

may_install() {
  command -v apt-get >/dev/null || return 1
  [ "$(id -u)" -eq 0 ] || sudo -n true 2>/dev/null
}

# The command that a person would type for these Debian packages.
install_command() {
  if ! command -v apt-get >/dev/null; then
    printf 'install (by their Debian names): %s' "$*"
  elif [ "$(id -u)" -eq 0 ]; then
    printf 'apt-get update && apt-get install -y %s' "$*"
  elif ! command -v sudo >/dev/null; then
    printf 'as root: apt-get update && apt-get install -y %s' "$*"
  else
    printf 'sudo apt-get update && sudo apt-get install -y %s' "$*"
  fi
}

# need <piece...>: returns when all are here; installs what is missing, or says how to.
need() {
  local missing log
  missing=$(missing_of "$@")
  [ -z "$missing" ] && return 0
  # shellcheck disable=SC2086 # One word per package.
  may_install || fail "missing: $missing
  $(install_command $missing)"
  say "installing $missing"
  log=$(mktemp)
  # The lists of a fresh machine are empty or old: the second try fetches them.
  # shellcheck disable=SC2086
  if ! apt_get install --no-install-recommends $missing >"$log" 2>&1 </dev/null; then
    quietly "$log" apt_get update || fail "apt-get update failed"
    quietly "$log" apt_get install --no-install-recommends $missing || fail "apt-get install failed: $missing"
  fi
  rm -f -- "$log"
  case " $missing" in *' pgbouncer '*) stop_service pgbouncer ;; esac
  case " $missing" in *' prometheus '*) stop_service prometheus ;; esac
  missing=$(missing_of "$@")
  [ -z "$missing" ] || fail "installed, but still not found: $missing"
}

# stop_service <unit>: a package that was installed for its program alone leaves no service behind that listens on a port.
stop_service() {
  local as_root=()
  [ "$(id -u)" -eq 0 ] || as_root=(sudo -n)
  [ ! -d /run/systemd/system ] || "${as_root[@]}" systemctl disable --now --quiet "$1" || say "the service $1 could not be stopped"
}

# sdk_version: the SDK that global.json picks here. Fails, with a hint, where there is none.
sdk_version() { (cd "$root" && dotnet --version 2>/dev/null); }

need_sdk() {
  sdk_version >/dev/null || fail "$(sdk_hint)"
}

sdk_hint() {
  printf 'the .NET SDK %s or a later 10.0 is needed: https://dotnet.microsoft.com/download' \
    "$(sed -nE 's/.*"version": *"([^"]+)".*/\1/p' "$root/global.json")"
}
