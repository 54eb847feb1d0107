# How each package that a restricted feed lacks is made. Each recipe works in a scratch folder and leaves its result in ./out.
# shellcheck shell=bash

# npm packages with what the feed may lack: the C source of librdkafka; and a bundle with Blazor's script.
readonly kafka_source=@confluentinc/kafka-javascript kafka_source_version=1.10.1
readonly aspire_cli=@microsoft/aspire-cli-linux aspire_cli_version=13.5.4

tools_for() {
  case $1 in
    librdkafka.redist) echo npm gcc make libc6-dev libssl-dev zlib1g-dev ;;
    "$web_assets") echo npm ;;
  esac
}

# make_package <package>: in a scratch folder, then moved into the cache whole.
make_package() {
  local target scratch
  target=$(dirname -- "$(made_by "$1")")
  # shellcheck disable=SC2046 # One word per tool.
  need_for_feed $(tools_for "$1")
  # The caller holds the lock, so whatever lies there is the rest of a run that was killed.
  rm -rf -- "$cache"/making.*
  scratch=$(mktemp -d "$cache/making.XXXXXX")
  mkdir -- "$scratch/out"
  (
    cd "$scratch"
    case $1 in
      librdkafka.redist) make_librdkafka ;;
      System.IO.Hashing) make_hashing ;;
      "$web_assets") make_blazor_script ;;
    esac
  ) || {
    rm -rf -- "$scratch"
    fail "could not make $1, which the package feed lacks"
  }
  rm -rf -- "$target"
  mv -- "$scratch/out" "$target"
  rm -rf -- "$scratch"
}

# The headers of OpenSSL and zlib only widen what librdkafka can do: where nothing may be installed it is built without them.
need_for_feed() {
  local tool must=()
  for tool in "$@"; do
    case $tool in
      libssl-dev | zlib1g-dev) may_install && must+=("$tool") ;;
      *) must+=("$tool") ;;
    esac
  done
  [ ${#must[@]} -eq 0 ] || need "${must[@]}"
}

# npm_source <package> <version>: unpacks it into ./package.
npm_source() {
  quietly npm.log npm pack "$1@$2" --pack-destination . || return
  tar -xzf ./*.tgz
}

make_librdkafka() {
  say "building librdkafka $(pin librdkafka.redist) from its source, about a minute (once)"
  npm_source "$kafka_source" "$kafka_source_version" || return
  local source=package/deps/librdkafka native
  native=content/runtimes/linux-$(rid_arch)/native
  # The C++ wrapper is not built, but configure insists on a compiler for it.
  (
    cd "$source"
    quietly ../../../configure.log ./configure --cxx=gcc --disable-gssapi --disable-curl --disable-zstd --disable-lz4-ext &&
      quietly ../../../make.log make -C src librdkafka.so.1 -j"$(nproc)"
  ) || return
  mkdir -p -- "$native"
  strip --strip-debug -o "$native/librdkafka.so" "$source/src/librdkafka.so.1" || return
  cp -- "$source/LICENSES.txt" content/
  pack librdkafka.redist
}

make_hashing() {
  local sdk
  sdk=$(cd "$root" && dotnet --info | sed -nE 's/^ *Base Path: *(.*[^ ]) *$/\1/p')
  mkdir -p content/lib/net10.0
  cp -- "$sdk/System.IO.Hashing.dll" content/lib/net10.0/ || return
  pack System.IO.Hashing
}

# pack <package>: ./content becomes ./out/<package>.<version>.nupkg.
pack() {
  cat >pack.csproj <<'XML'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <TargetFramework>net10.0</TargetFramework>
    <IncludeBuildOutput>false</IncludeBuildOutput>
    <SuppressDependenciesWhenPacking>true</SuppressDependenciesWhenPacking>
    <NuGetAudit>false</NuGetAudit>
    <NoWarn>NU5100;NU5128</NoWarn>
    <Authors>made on this machine</Authors>
    <Description>Made on this machine, because its package feed lacks it.</Description>
  </PropertyGroup>
  <ItemGroup>
    <None Include="content/**" Pack="true" PackagePath="" />
  </ItemGroup>
</Project>
XML
  quietly pack.log dotnet pack pack.csproj -v q --nologo -p:UseSharedCompilation=false \
    -p:PackageId="$1" -p:Version="$(pin "$1")" -o out
}

make_blazor_script() {
  say "fetching Blazor's script, about 120 MB (once)"
  npm_source "$aspire_cli-$(rid_arch)" "$aspire_cli_version" || return
  mkdir home
  HOME=$PWD/home quietly setup.log package/bin/aspire setup --non-interactive || return
  find . -path '*/wwwroot/framework/blazor.web.10.js' -exec cp -- {} out/blazor.web.js \;
  [ -s out/blazor.web.js ] || { say "no blazor.web.10.js in the bundle"; return 1; }
}
