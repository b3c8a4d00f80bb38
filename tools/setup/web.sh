# Sourced by ./dev: the TypeScript package, its page and their tests.
# shellcheck shell=bash disable=SC2154  # root: see ./dev

web=frontends/web
web_modules=(wasm-scalar wasm-simd128 wasm-relaxed wasm-simd128-threads
             wasm-relaxed-threads)

# Runs what follows with a Node that is new enough, its npm included.
with_node() { PATH=$(dirname "$(wasm_tool node)"):$PATH "$@"; }

# Installs what a package-lock.json says, once.
install_packages() {
  local stamp=$1/node_modules/.package-lock.json
  [[ $stamp -nt $1/package-lock.json ]] && return
  # npm empties the folder first, also one that a link leads to.
  [[ ! -L $1/node_modules ]] ||
    fail "$1/node_modules is a link: install in the tree that it leads to"
  say "installing npm packages in $1"
  with_node npm ci --prefix "$1" --no-audit --no-fund --loglevel=error >&2 ||
    fail "npm cannot install the packages of $1"
  touch "$stamp"
}

# The package in frontends/web/dist, and the page in its folder `page`.
build_web() {
  local preset
  for preset in "${web_modules[@]}"; do
    build "$preset" --target tenon_module || return
  done
  install_packages "$web"
  mkdir -p "$web/dist/wasm"
  cp build/wasm-*/bin/web/* "$web/dist/wasm/"
  with_node node "$web/build.mjs" && with_node node "$web/page/build.mjs"
}

serve_web() {
  build_web && with_node exec node "$web/server/serve.mjs" "$@"
}

setup_web_tests() {
  have chromium || install "to test the page in a browser" chromium
  install_packages "$web/test"
}

test_web() {
  build_web && setup_web_tests &&
    test_node "$web" && test_node "$web/test"
}

# test_node FOLDER: `npm test` there, counted by node's closing lines.
test_node() {
  local log status=0
  log=build/$(basename "$1").log
  with_node npm test --prefix "$1" 2>&1 | tee "$log" || status=1
  passed=$((passed + $(count_of pass "$log")))
  failed=$((failed + $(count_of fail "$log")))
  return $status
}

# count_of WORD LOG: the number in node's line "ℹ WORD 12".
count_of() { sed -nE "s/^(# |ℹ )$1 ([0-9]+)$/\2/p" "$2" | tail -n 1; }
