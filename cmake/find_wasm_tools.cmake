# Finds what builds for WebAssembly and runs it: the one on PATH if it is new
# enough, else the one that `./dev` unpacked in .deps.  ./dev asks in a script:
#   cmake -DFIND=<emscripten or node> -P cmake/find_wasm_tools.cmake

set(tenon_least_emscripten 3.1.69)
set(tenon_least_node 24)
set(tenon_wasm_deps_dir "${CMAKE_CURRENT_LIST_DIR}/../.deps")
cmake_path(NORMAL_PATH tenon_wasm_deps_dir)

# Sets <out> to the folder that em++ and the CMake modules are in, or to "".
function(tenon_find_emscripten out)
  find_program(compiler em++ NO_CACHE)
  file(REAL_PATH "${compiler}" compiler)
  cmake_path(GET compiler PARENT_PATH on_path)
  foreach(root IN ITEMS "${on_path}"
          "${tenon_wasm_deps_dir}/emscripten/usr/share/emscripten")
    set(version 0)
    if(EXISTS "${root}/emscripten-version.txt")
      file(STRINGS "${root}/emscripten-version.txt" version)
      string(REGEX MATCH "[0-9.]+" version "${version}")
    endif()
    if(version VERSION_GREATER_EQUAL tenon_least_emscripten)
      set(${out} "${root}" PARENT_SCOPE)
      return()
    endif()
  endforeach()
  set(${out} "" PARENT_SCOPE)
endfunction()

# Sets <out> to the program, or to "".
function(tenon_find_node out)
  find_program(on_path node NO_CACHE)
  foreach(node IN ITEMS "${on_path}"
          "${tenon_wasm_deps_dir}/node/node_modules/node/bin/node")
    set(version 0)
    if(EXISTS "${node}")
      execute_process(COMMAND "${node}" --version OUTPUT_VARIABLE version)
      string(REGEX MATCH "[0-9.]+" version "${version}")
    endif()
    if(version VERSION_GREATER_EQUAL tenon_least_node)
      set(${out} "${node}" PARENT_SCOPE)
      return()
    endif()
  endforeach()
  set(${out} "" PARENT_SCOPE)
endfunction()

if(CMAKE_SCRIPT_MODE_FILE STREQUAL CMAKE_CURRENT_LIST_FILE)
  cmake_minimum_required(VERSION 3.25)
  cmake_language(CALL tenon_find_${FIND} found)
  execute_process(COMMAND ${CMAKE_COMMAND} -E echo "${found}")
endif()
