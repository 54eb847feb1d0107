# Building, quietly.
# shellcheck shell=bash

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

# No build server, compiler server or idle build node stays behind after the script.
export DOTNET_CLI_USE_MSBUILD_SERVER=0 MSBUILDDISABLENODEREUSE=1
readonly build_options=(-c Release -v q --nologo -p:UseSharedCompilation=false)

# build <project or solution filter>: shows nothing but errors.
build() {
  local log status=0
  log=$(mktemp)
  (cd "$root" && dotnet build "$1" "${build_options[@]}") >"$log" 2>&1 </dev/null || status=$?
  # MSBuild says each error again in its summary.
  [ "$status" -eq 0 ] || grep -E '(error|warning) ' -- "$log" | sort -u >&2 || cat -- "$log" >&2
  rm -f -- "$log"
  return "$status"
}
