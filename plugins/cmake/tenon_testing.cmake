# Tests and fuzzers, one helper call each.  Installed with the package: an
# out-of-tree project that sets TENON_BUILD_TESTS and has GTest uses the same.

# tenon_add_test(<name> SOURCES <file>... [DEPS <target>...]
#                [PLUGINS <plugin>...] [LABELS <label>...])
#
# A googletest program and its ctest entry.  PLUGINS are put in its table.
# Files of the repository are found below TENON_SOURCE_DIR, a string.
function(tenon_add_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;DEPS;PLUGINS;LABELS")
  tenon_wants_test(wanted ${arg_LABELS})
  if(NOT wanted)
    return()
  endif()
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ${arg_DEPS} GTest::gmock_main)
  tenon_set_up_test_target(${name})
  tenon_compile_test_quickly(${name})
  if(arg_PLUGINS)
    tenon_link_plugins(${name} ${arg_PLUGINS})
  endif()
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT 600 LABELS "${arg_LABELS}")
endfunction()

# tenon_add_fuzzer(<name> SOURCES <file>... [DEPS <target>...]
#                  [PLUGINS <plugin>...] CORPUS <folder> [DICTIONARY <file>])
#
# SOURCES define LLVMFuzzerTestOneInput.  With TENON_FUZZ, ctest fuzzes for
# TENON_FUZZ_SECONDS, starting from the corpus, and the PLUGINS are instrumented
# to guide it; otherwise it feeds each file of the corpus once.
function(tenon_add_fuzzer name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "CORPUS;DICTIONARY"
                        "SOURCES;DEPS;PLUGINS")
  if(NOT TENON_BUILD_TESTS OR TENON_TEST_LABELS)
    return()
  endif()
  cmake_path(ABSOLUTE_PATH arg_CORPUS)
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ${arg_DEPS})
  tenon_set_up_test_target(${name})
  if(arg_PLUGINS)
    tenon_link_plugins(${name} ${arg_PLUGINS})
  endif()
  if(TENON_FUZZ)
    foreach(plugin IN LISTS arg_PLUGINS)
      target_compile_options(${plugin} PRIVATE -fsanitize=fuzzer-no-link)
      # clang refuses headers that were precompiled without the option.
      set_target_properties(${plugin} PROPERTIES DISABLE_PRECOMPILE_HEADERS ON)
    endforeach()
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
    # libFuzzer writes what it finds to its first folder, and crashes to
    # the artifact prefix; the committed corpus is only read.
    set(found "${CMAKE_CURRENT_BINARY_DIR}/${name}.found")
    file(MAKE_DIRECTORY "${found}")
    set(options -max_total_time=${TENON_FUZZ_SECONDS} -timeout=20
                -rss_limit_mb=2048 -print_final_stats=1
                -artifact_prefix=${found}/)
    if(arg_DICTIONARY)
      cmake_path(ABSOLUTE_PATH arg_DICTIONARY)
      list(APPEND options -dict=${arg_DICTIONARY})
    endif()
    add_test(NAME ${name} COMMAND ${name} ${options} "${found}" "${arg_CORPUS}")
  else()
    target_sources(${name} PRIVATE
                   "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/replay_corpus.cc")
    add_test(NAME ${name} COMMAND ${name} "${arg_CORPUS}")
  endif()
  set_tests_properties(${name} PROPERTIES TIMEOUT 600 LABELS fuzz)
endfunction()

# Sets <out> to whether this build has the tests with these labels.
function(tenon_wants_test out)
  set(${out} OFF PARENT_SCOPE)
  if(NOT TENON_BUILD_TESTS)
    return()
  endif()
  if(NOT TENON_TEST_LABELS)
    set(${out} ON PARENT_SCOPE)
  endif()
  foreach(label IN LISTS ARGN)
    if(label IN_LIST TENON_TEST_LABELS)
      set(${out} ON PARENT_SCOPE)
    endif()
  endforeach()
endfunction()

# Most of a test's time to build is googletest's headers: they are compiled once
# per build, and the test's own code is not optimised; for WebAssembly a little,
# because linkers take inline functions from the test, and V8 does not inline.
function(tenon_compile_test_quickly name)
  set(level $<IF:$<BOOL:${EMSCRIPTEN}>,-O1,-O0>)
  if(NOT TARGET tenon_test_headers)
    set(empty "${PROJECT_BINARY_DIR}/tenon_test_headers.cc")
    file(CONFIGURE OUTPUT "${empty}" CONTENT "")
    add_library(tenon_test_headers OBJECT "${empty}")
    target_link_libraries(tenon_test_headers PRIVATE GTest::gmock tenon::core)
    target_compile_options(tenon_test_headers PRIVATE ${level})
    target_precompile_headers(tenon_test_headers PRIVATE
      <gmock/gmock.h> <gtest/gtest.h> <absl/status/statusor.h>)
  endif()
  target_compile_options(${name} PRIVATE ${level})
  target_precompile_headers(${name} REUSE_FROM tenon_test_headers)
endfunction()

function(tenon_set_up_test_target name)
  target_compile_definitions(${name} PRIVATE
                             TENON_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY
                        "${PROJECT_BINARY_DIR}/bin/tests")
  if(EMSCRIPTEN)
    tenon_link_for_node(${name})
  endif()
endfunction()
