# What a build contains.  Each variable is declared here, once, with its
# default; presets and the command line change them.

# tenon_default(NAME VALUE...): not in the cache, so that a build folder follows
# a default that changes.
macro(tenon_default name)
  if(NOT DEFINED ${name})
    set(${name} ${ARGN})
  endif()
endmacro()

# For what processor: wasm, x86_64, arm64 or another.
if(EMSCRIPTEN)
  set(tenon_processor wasm)
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  set(tenon_processor x86_64)
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64")
  set(tenon_processor arm64)
else()
  set(tenon_processor "${CMAKE_SYSTEM_PROCESSOR}")
endif()

# Plugins.
tenon_default(TENON_ARCHS arch_transformer arch_deltanet)
set(backends backend_scalar backend_simd128)
if(tenon_processor MATCHES "^(x86_64|arm64)$")
  list(APPEND backends backend_native)
endif()
tenon_default(TENON_BACKENDS ${backends})  # a later one overlays the earlier
tenon_default(TENON_EXECUTOR backend_threads)  # 'inline': the core's own, one thread
tenon_default(TENON_TOKENIZERS tokenizer_bpe tokenizer_spm)
tenon_default(TENON_SAMPLERS
  sampler_logit_bias sampler_penalties sampler_top_k sampler_typical_p
  sampler_top_p sampler_min_p sampler_temperature sampler_greedy
  sampler_mirostat_v2 sampler_dist)
tenon_default(TENON_FILES file_gguf file_tnn)
# Folders: of frontends/, and of foreign plugins to build in this tree.
tenon_default(TENON_FRONTENDS cli web)
tenon_default(TENON_EXTRA_PLUGIN_DIRS)

option(TENON_BUILD_TESTS "Build the tests" ${PROJECT_IS_TOP_LEVEL})
option(TENON_FUZZ "The fuzz tests fuzz; they replay their corpus otherwise (needs clang)" OFF)
option(TENON_INSTALL "Make install rules; builds all of Abseil" OFF)
option(TENON_WERROR "Treat warnings in our own code as errors" OFF)
option(TENON_PRECOMPILE "Compile the headers of Abseil once: quicker builds" OFF)
option(TENON_RELAXED_SIMD
       "WebAssembly: backend_simd128 uses relaxed SIMD instructions" OFF)
set(TENON_SANITIZE ""
    CACHE STRING "Sanitizers for everything: 'address;undefined' or 'thread'")
set(TENON_TEST_LABELS ""
    CACHE STRING "Build only the tests that have one of these labels; empty: all")
set(TENON_FUZZ_SECONDS 5
    CACHE STRING "How long ctest runs each fuzzer")
