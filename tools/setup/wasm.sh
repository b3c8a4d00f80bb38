# Sourced by ./dev: Emscripten and Node, for the presets wasm-*.
# shellcheck shell=bash disable=SC2154  # llvm: see ./dev

setup_wasm() {
  [[ -n $(wasm_tool node) ]] || fetch_node
  [[ -n $(wasm_tool emscripten) ]] || fetch_emscripten
}

# Prints where the tool is: on PATH if it is new enough, else in .deps.
wasm_tool() { cmake "-DFIND=$1" -P cmake/find_wasm_tools.cmake; }

# Debian's packages, unpacked in .deps/emscripten.  They are of the suite trixie
# and need its libc: that is unpacked beside them, and the system keeps its own.
fetch_emscripten() {
  say "there is no Emscripten 3.1.69 or later: no em++ of an activated emsdk" \
      "is on PATH"
  have apt-get || fail "please install and activate one, then run this again"
  local missing=()
  have python3 || missing+=(python3)
  [[ -x $llvm/clang++ ]] || missing+=(clang-19)
  [[ -x $llvm/llvm-nm ]] || missing+=(llvm-19)
  [[ -x $llvm/wasm-ld ]] || missing+=(lld-19)
  install "to build for WebAssembly: LLVM 19, Python" "${missing[@]}"

  say "downloading Debian's Emscripten 3.1.69 into .deps/emscripten" \
      "(250 MB; 1 GB unpacked)"
  configure_private_apt deb trixie
  private_apt update -q || fail "the mirror has no suite trixie"
  private_apt download -q 'emscripten=3.1.69*' 'binaryen=120-*' \
    'node-acorn=8.8.1*' 'libc6=2.41-*' 'libstdc++6=14.*' 'libgcc-s1=14.*' ||
    fail "please install and activate an emsdk instead"
  local tree=.deps/emscripten.part package
  rm -rf .deps/emscripten "$tree"
  for package in .deps/apt/*.deb; do
    dpkg-deb --extract "$package" "$tree" || fail "$package: cannot be unpacked"
  done
  rm -rf .deps/apt
  configure_emscripten "$tree"
  mv "$tree" .deps/emscripten
}

# configure_emscripten TREE: makes it run from where it lies.
configure_emscripten() {
  local home=$1/usr/share/emscripten program
  rm -rf "$home"/cache/sysroot/lib/wasm32-emscripten/{pic,lto-pic}  # half of it
  mkdir -p "$1/binaryen/bin" "$home/node_modules"
  cp tools/setup/run_binaryen.sh "$1/binaryen/"
  for program in "$1"/usr/bin/wasm*; do
    ln -s ../run_binaryen.sh "$1/binaryen/bin/$(basename "$program")"
  done
  ln -s ../../nodejs/acorn "$home/node_modules/acorn"
  cat >"$home/.emscripten" <<EOF
from tools.utils import path_from_root
LLVM_ROOT = '$llvm'
BINARYEN_ROOT = path_from_root('../../../binaryen')
NODE_JS = '$(realpath "$(wasm_tool node)")'
FROZEN_CACHE = True
EOF
}

fetch_node() {
  local version=24.9.0
  say "there is no Node 24 or later on PATH, which the tests run in"
  have npm || install "to get a newer Node" npm
  say "installing Node $version with npm into .deps/node"
  mkdir -p .deps/node
  npm install --prefix .deps/node --ignore-scripts=false --no-audit --no-fund \
    --loglevel=error "node@$version" >&2 || fail "please install it by hand"
}
