# Sourced by ./dev: measures all targets, or single kernels, by frontends/bench.
# shellcheck shell=bash disable=SC2154  # root, caller: see ./dev; web: web.sh

# bench MODEL.gguf... [options]; a target that cannot run is skipped there.
# bench --kernels [native|node] [FILTER]
bench() {
  if [[ ${1-} == --kernels ]]; then
    bench_kernels "${@:2}"
    return
  fi
  local node
  setup_build
  build native-release --target tenon
  build_web
  if have chromium; then install_packages "$web/test"; fi
  node=$(wasm_tool node)
  cd "$caller"
  exec "$node" "$root/frontends/bench/bench.mjs" "$@"
}

bench_kernels() {
  local targets=(native node) target
  case ${1-} in
    native | node) targets=("$1"); shift ;;
  esac
  setup_build
  for target in "${targets[@]}"; do
    build_kernels "$target"
    say "--- kernels, $target, one thread"
    run_kernels "$target" --benchmark_filter="${1-.}" --benchmark_min_time=0.1s
  done
}

build_kernels() {
  case $1 in
    native) build native-release --target tenon_kernels ;;
    node) build wasm-relaxed --target tenon_kernels ;;
  esac
}

run_kernels() {
  case $1 in
    native) build/native-release/bin/tenon_kernels "${@:2}" ;;
    node) with_node node build/wasm-relaxed/bin/tenon_kernels.js "${@:2}" ;;
  esac
}

test_bench() {
  build_kernels native && build_kernels node && test_node frontends/bench
}
