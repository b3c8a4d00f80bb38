# Links tenon-<variant>.mjs and .wasm: an ES module whose factory makes one
# engine.  Its memory comes from whoever calls it.

set(variant scalar)
if("backend_simd128" IN_LIST TENON_BACKENDS)
  set(variant simd128)
  if(TENON_RELAXED_SIMD)
    set(variant relaxed)
  endif()
endif()
if(NOT TENON_EXECUTOR STREQUAL "inline")
  string(APPEND variant -threads)
endif()

# The exported functions are those that the header declares.
file(READ exports.h header)
string(REGEX MATCHALL "\n[a-z][a-z0-9_ *]*tenon_[a-z_]+\\(" functions "${header}")
list(TRANSFORM functions REPLACE ".*(tenon_[a-z_]+)\\(" "_\\1")
list(JOIN functions "," functions)

add_executable(tenon_module exports.cc)
tenon_link_plugins(tenon_module ${plugins})
target_link_libraries(tenon_module PRIVATE tenon_web)
set_target_properties(tenon_module PROPERTIES
  OUTPUT_NAME "tenon-${variant}" SUFFIX .mjs
  RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin/web"
  LINK_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/exports.h")
# The last option: the innermost loops are functions of their own for the sake of
# registers, and have only one caller.
target_link_options(tenon_module PRIVATE
  -Oz --no-entry -sMODULARIZE=1 -sEXPORT_ES6=1 -sENVIRONMENT=web,worker,node
  "-sEXPORTED_FUNCTIONS=${functions}" -sEXPORTED_RUNTIME_METHODS=HEAPU8
  -sFILESYSTEM=0 -sWASM_BIGINT=1 -sSTACK_SIZE=1MB
  -sIMPORTED_MEMORY=1 -sALLOW_MEMORY_GROWTH=1 -sMAXIMUM_MEMORY=4GB
  -sINITIAL_MEMORY=8MB -sMEMORY_GROWTH_LINEAR_STEP=4MB -sABORTING_MALLOC=0
  -sINCOMING_MODULE_JS_API=wasmMemory,instantiateWasm,print,printErr
  -sTEXTDECODER=2
  -sBINARYEN_EXTRA_PASSES=--one-caller-inline-max-function-size=150)
if(NOT TENON_EXECUTOR STREQUAL "inline")
  target_link_options(tenon_module PRIVATE
    -sPTHREAD_POOL_SIZE=Module.poolSize -sPTHREAD_POOL_SIZE_STRICT=2
    -sDEFAULT_PTHREAD_STACK_SIZE=256KB
    -Wno-pthreads-mem-growth)
endif()
