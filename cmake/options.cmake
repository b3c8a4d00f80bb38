# What a build contains.  Each variable is declared here, once, with its
# default; presets and the command line change them.

set(TENON_ARCHS arch_transformer arch_deltanet
    CACHE STRING "Architecture plugins")
set(backends backend_scalar backend_simd128)
if(NOT EMSCRIPTEN AND CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  list(APPEND backends backend_native)
endif()
set(TENON_BACKENDS ${backends}
    CACHE STRING "Backend plugins, slow to fast: a later one overlays the earlier")
set(TENON_EXECUTOR backend_threads
    CACHE STRING "Executor plugin, or 'inline' for the core's own single thread")
set(TENON_TOKENIZERS tokenizer_bpe tokenizer_spm
    CACHE STRING "Tokenizer plugins")
set(TENON_SAMPLERS sampler_logit_bias sampler_penalties sampler_top_k
    sampler_typical_p sampler_top_p sampler_min_p sampler_temperature
    sampler_greedy sampler_mirostat_v2 sampler_dist
    CACHE STRING "Sampler plugins")
set(TENON_FILES file_gguf file_tnn
    CACHE STRING "File format plugins")
set(TENON_FRONTENDS cli web
    CACHE STRING "Folders of frontends/ to build")
set(TENON_EXTRA_PLUGIN_DIRS ""
    CACHE STRING "Folders of foreign plugins to build in this tree")

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
