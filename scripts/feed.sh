# The package feed. A restricted feed lacks a few packages; each is made once (recipes.sh), from parts that such a place does have, and kept
# in the user's cache folder. Where the feed is complete nothing is made, and the build sees no trace of this file.
# shellcheck shell=bash

readonly cache=${XDG_CACHE_HOME:-$HOME/.cache}/payments-platform
# Raise it when a recipe in recipes.sh changes.
readonly recipes=1
# Without dependencies, which are what a restricted feed lacks.
readonly redis_without_dependencies=1.2.6
readonly web_assets=Microsoft.AspNetCore.App.Internal.Assets

# pin <package>: its version in Directory.Packages.props.
pin() { sed -nE "s/.*PackageVersion Include=\"$1\" Version=\"([0-9][^\"]*)\".*/\1/p" "$root/Directory.Packages.props"; }

redis_pin() { sed -nE 's/.*<StackExchangeRedisVersion .*>([0-9.]+)<.*/\1/p' "$root/Directory.Packages.props"; }

# Everything that the answer of the feed depends on.
feed_key() {
  printf '%s-sdk%s-librdkafka%s-hashing%s-redis%s' \
    "$recipes" "$(sdk_version)" "$(pin librdkafka.redist)" "$(pin System.IO.Hashing)" "$(redis_pin)"
}

rid_arch() { case $(uname -m) in aarch64) echo arm64 ;; *) echo x64 ;; esac }

# made_by <package>: the file in the cache that stands in for it; nothing for one that is avoided by another version.
made_by() {
  case $1 in
    librdkafka.redist | System.IO.Hashing) printf '%s/%s-%s-%s/%s.%s.nupkg' "$cache" "$recipes" "$1" "$(pin "$1")" "$1" "$(pin "$1")" ;;
    "$web_assets") printf '%s/%s-blazor-%s/blazor.web.js' "$cache" "$recipes" "$aspire_cli_version" ;;
  esac
}

# Prints the packages that the feed lacks. Fails if it cannot be asked. PAYMENTS_FEED=open|restricted answers in its place.
feed_lacks() {
  local answer
  case ${PAYMENTS_FEED:-} in
    open) return 0 ;;
    restricted)
      echo librdkafka.redist System.IO.Hashing StackExchange.Redis "$web_assets"
      return 0
      ;;
  esac
  answer="$cache/$(feed_key)/lacks"
  [ -f "$answer" ] || probe_feed "$answer" || return 1
  cat -- "$answer"
}

# One restore of a scratch project, into a folder of its own: what an earlier build left on this machine must not answer for the feed.
probe_feed() {
  local answer=$1 scratch status=0
  say "asking the package feed what it has (once)"
  scratch=$(mktemp -d)
  cat >"$scratch/probe.csproj" <<XML
<Project Sdk="Microsoft.NET.Sdk.Web">
  <PropertyGroup>
    <TargetFramework>net10.0</TargetFramework>
    <NuGetAudit>false</NuGetAudit>
    <RequiresAspNetWebAssets>true</RequiresAspNetWebAssets>
    <RestorePackagesPath>$scratch/restored</RestorePackagesPath>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="librdkafka.redist" Version="[$(pin librdkafka.redist)]" />
    <PackageReference Include="System.IO.Hashing" Version="[$(pin System.IO.Hashing)]" />
    <PackageReference Include="StackExchange.Redis" Version="[$(redis_pin)]" />
  </ItemGroup>
</Project>
XML
  DOTNET_CLI_UI_LANGUAGE=en timeout 300 dotnet restore "$scratch/probe.csproj" >"$scratch/log" 2>&1 </dev/null || status=$?
  # Only "there is no such package" counts as an answer: a feed that cannot be reached lacks nothing.
  if [ "$status" -ne 0 ] && ! grep -qE 'NU110[123]:' "$scratch/log" || grep -q 'NU1301' "$scratch/log"; then
    rm -rf -- "$scratch"
    return 1
  fi
  mkdir -p -- "$(dirname -- "$answer")"
  sed -nE 's/.*NU110[123]: Unable to find (a stable )?package ([A-Za-z0-9._-]*[A-Za-z0-9_-]).*/\2/p' "$scratch/log" |
    sed -E "/^(librdkafka\.redist|System\.IO\.Hashing|$web_assets)\$/!s/.*/StackExchange.Redis/" |
    sort -u | tr '\n' ' ' >"$answer.$$"
  mv -- "$answer.$$" "$answer"
  rm -rf -- "$scratch"
}

# Makes what the feed lacks and lays it into the working tree, where git ignores it. A second run with the same answer does nothing.
prepare_feed() {
  local lacks
  lacks=$(feed_lacks) || {
    say "the package feed cannot be asked; going on with what is here"
    return 0
  }
  feed_is_laid "$lacks" && return 0
  mkdir -p -- "$cache"
  # In a subshell, so that the lock ends with it, whatever happens and whatever is run afterwards.
  (
    flock 9
    for package in $lacks; do
      [ -z "$(made_by "$package")" ] || [ -e "$(made_by "$package")" ] || make_package "$package"
    done
    lay_feed "$lacks"
  ) 9>"$cache/lock"
}

readonly laid_packages=$root/packages
readonly laid_script=$root/src/Payments.Console/wwwroot/_framework/blazor.web.js

# What `lay_feed` writes last: the answer of the feed that the working tree is prepared for.
feed_is_laid() {
  local package
  [ "$(cat -- "$laid_packages/.laid" 2>/dev/null)" = "$(feed_key) $1" ] || return 1
  for package in $1; do
    case $package in
      "$web_assets") [ -e "$laid_script" ] || return 1 ;;
      StackExchange.Redis) [ -e "$laid_packages/restricted.props" ] || return 1 ;;
      *) [ -e "$laid_packages/$(basename -- "$(made_by "$package")")" ] || return 1 ;;
    esac
  done
}

lay_feed() {
  local package properties=''
  mkdir -p -- "$laid_packages"
  rm -f -- "$laid_packages"/*.nupkg "$laid_packages/restricted.props" "$laid_packages/.laid" "$laid_script"
  for package in $1; do
    case $package in
      "$web_assets")
        mkdir -p -- "$(dirname -- "$laid_script")"
        cp -- "$(made_by "$package")" "$laid_script"
        properties+="    <RestrictedWebAssets>true</RestrictedWebAssets>"$'\n'
        ;;
      StackExchange.Redis)
        properties+="    <StackExchangeRedisVersion>$redis_without_dependencies</StackExchangeRedisVersion>"$'\n'
        ;;
      *) cp -- "$(made_by "$package")" "$laid_packages/" ;;
    esac
  done
  [ -z "$properties" ] ||
    printf '<Project>\n  <PropertyGroup>\n%s  </PropertyGroup>\n</Project>\n' "$properties" >"$laid_packages/restricted.props"
  printf '%s\n' "$(feed_key) $1" >"$laid_packages/.laid"
}
