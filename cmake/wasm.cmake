# What every source of a WebAssembly build shares, third-party code included.
# Included by toolchain.cmake if EMSCRIPTEN: the processor's name would lie.

# All but the fastest backend is made small: it is downloaded more often than it
# is waited for.  See tenon_add_plugin.
string(REPLACE "-O3" "-Oz" CMAKE_CXX_FLAGS_RELEASE "${CMAKE_CXX_FLAGS_RELEASE}")
add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions>
                    $<$<COMPILE_LANGUAGE:CXX>:-fno-rtti>)

# Threads are a property of the whole build: every object and library needs
# the same memory model.
if(NOT TENON_EXECUTOR STREQUAL "inline")
  add_compile_options(-pthread)
  add_link_options(-pthread)
endif()

# Links the test <target> to run in Node, with the files of the system and as
# much memory as it asks for, up to 2 GB.  Linking does not optimise again, nor
# translate 64-bit arguments (-sWASM_BIGINT): that takes longer than the test.
function(tenon_link_for_node target)
  target_link_options(${target} PRIVATE
    -O0 -sENVIRONMENT=node,worker -sNODERAWFS=1 -sEXIT_RUNTIME=1
    -sWASM_BIGINT=1 -sSTACK_SIZE=1MB -sALLOW_MEMORY_GROWTH=1)
  if(NOT TENON_EXECUTOR STREQUAL "inline")
    # main() runs on a worker, where it may wait, as in a browser.  A worker may
    # wake the first thread once more after it has closed stderr: assertions
    # complain about that there, which fails a test that passed.
    target_link_options(${target} PRIVATE -sPROXY_TO_PTHREAD=1 -sASSERTIONS=0
                        -Wno-pthreads-mem-growth)
  endif()
endfunction()
