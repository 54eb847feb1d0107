# ./payments screenshots
# shellcheck shell=bash

usage_screenshots() {
  cat <<'TEXT'
Usage: ./payments screenshots [folder]

Starts a platform of its own, fills it, and photographs every page of the console, light and dark, wide and narrow, as the tests do.
The folder is screenshots/ unless told; it is made, and git does not see it.
TEXT
}

verb_screenshots() {
  local folder=${1:-$root/screenshots}
  mkdir -p -- "$folder"
  folder=$(cd -- "$folder" && pwd)
  need_sdk
  need postgresql redis-server chromium
  say "building"
  build "$root/tests/BrowserTests/BrowserTests.csproj" || fail "the build failed"
  say "photographing, a few minutes"
  PAYMENTS_SCREENSHOTS=$folder dotnet "$root/tests/BrowserTests/bin/Release/net10.0/BrowserTests.dll" -noColor -noLogo \
    -class BrowserTests.EveryPageTests </dev/null || fail "a page is not as it should be; the pictures taken until then are in $folder"
  say "the pictures are in $folder"
}
