# ./payments bench
# shellcheck shell=bash

usage_bench() {
  cat <<'TEXT'
Usage: ./payments bench [name [options]]

Builds bench/Payments.Bench in Release and runs the benchmark that is named, or lists them. `./payments bench <name> --help` says more.
TEXT
}

verb_bench() {
  need_sdk
  need postgresql redis-server
  build bench/Payments.Bench || fail "the build failed"
  exec dotnet "$root/bench/Payments.Bench/bin/Release/net10.0/Payments.Bench.dll" "$@"
}
