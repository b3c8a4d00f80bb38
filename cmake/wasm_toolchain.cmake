# The toolchain file of the presets wasm-*: Emscripten's own, wherever it is,
# and a Node that is new enough to run what it builds.
include("${CMAKE_CURRENT_LIST_DIR}/find_wasm_tools.cmake")

tenon_find_emscripten(tenon_emscripten)
tenon_find_node(tenon_node)
if(NOT tenon_emscripten OR NOT tenon_node)
  message(FATAL_ERROR
    "[tenon] WebAssembly needs Emscripten ${tenon_least_emscripten} or later and "
    "Node ${tenon_least_node} or later, on PATH or in .deps; found: "
    "Emscripten '${tenon_emscripten}', Node '${tenon_node}'.\n"
    "`./dev setup wasm` provides them.")
endif()

set(CMAKE_CROSSCOMPILING_EMULATOR "${tenon_node}")
include("${tenon_emscripten}/cmake/Modules/Platform/Emscripten.cmake")
