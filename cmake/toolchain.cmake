# Settings that third-party code must share with ours: one language standard
# (Abseil's types depend on it) and one set of sanitizers (so does their layout).

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Debug or Release" FORCE)
endif()

find_program(TENON_CCACHE ccache)
if(TENON_CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER "${TENON_CCACHE}")
  set(CMAKE_CXX_COMPILER_LAUNCHER "${TENON_CCACHE}")
endif()

# __FILE__ in a message begins in this folder: the same bytes wherever it lies.
# With ccache, paths are relative to the build folder.
cmake_path(RELATIVE_PATH PROJECT_SOURCE_DIR BASE_DIRECTORY "${PROJECT_BINARY_DIR}"
           OUTPUT_VARIABLE relative_source_dir)
add_compile_options(-fmacro-prefix-map=${PROJECT_SOURCE_DIR}/=
                    -fmacro-prefix-map=${relative_source_dir}/=)

if(EMSCRIPTEN)
  include(cmake/wasm.cmake)
endif()

if(TENON_SANITIZE)
  list(JOIN TENON_SANITIZE "," sanitizers)
  add_compile_options(-fsanitize=${sanitizers} -fno-sanitize-recover=all
                      -fno-omit-frame-pointer -g1)
  add_link_options(-fsanitize=${sanitizers})
endif()
if(TENON_FUZZ AND NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  message(FATAL_ERROR "[tenon] TENON_FUZZ needs clang (libFuzzer), "
                      "not ${CMAKE_CXX_COMPILER_ID}")
endif()
