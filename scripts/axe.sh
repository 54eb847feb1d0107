# axe-core, which looks at the console's pages for what keeps people out: fetched once, from npm.
# shellcheck shell=bash

readonly axe_version=4.14.1

# Sets PAYMENTS_AXE to the script. Without npm, or a registry that has it, the test that needs it says so and is skipped.
prepare_axe() {
  local home="$cache/axe-core-$axe_version" scratch
  export PAYMENTS_AXE="$home/package/axe.min.js"
  [ ! -s "$PAYMENTS_AXE" ] || return 0
  if ! command -v npm >/dev/null; then
    say "no npm, so the pages are not looked at by axe-core: $(install_command npm)"
    return 0
  fi
  mkdir -p -- "$cache"
  scratch=$(mktemp -d "$cache/making.XXXXXX")
  if ! (cd "$scratch" && npm_source axe-core "$axe_version" && [ -s package/axe.min.js ] && rm -f -- ./*.tgz); then
    rm -rf -- "$scratch"
    say "the npm registry does not give axe-core $axe_version, so the pages are not looked at by it"
    return 0
  fi
  mv -T -- "$scratch" "$home" 2>/dev/null || rm -rf -- "$scratch"
}
