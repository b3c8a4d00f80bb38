# Sourced by ./dev: measures all targets, by frontends/bench.
# shellcheck shell=bash disable=SC2154  # root, caller: see ./dev; web: web.sh

# bench MODEL.gguf... [options]; a target that cannot run is skipped there.
bench() {
  local node
  setup_build
  build native-release --target tenon
  build_web
  if have chromium; then install_packages "$web/test"; fi
  node=$(wasm_tool node)
  cd "$caller"
  exec "$node" "$root/frontends/bench/bench.mjs" "$@"
}

test_bench() { test_node frontends/bench; }
