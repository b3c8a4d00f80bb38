# Most of the time to compile a source goes into the headers of Abseil and of the
# standard library.  With TENON_PRECOMPILE they are compiled once per build.
# Release builds do without, so that a forgotten #include is found there.

# tenon_precompile(<target>): a library or program of our own
function(tenon_precompile target)
  if(NOT TENON_PRECOMPILE)
    return()
  endif()
  if(NOT TARGET tenon_headers)
    set(empty "${PROJECT_BINARY_DIR}/tenon_headers.cc")
    file(CONFIGURE OUTPUT "${empty}" CONTENT "")
    add_library(tenon_headers OBJECT "${empty}")
    target_link_libraries(tenon_headers PRIVATE absl::statusor absl::strings
                                                absl::flat_hash_map)
    target_precompile_headers(tenon_headers PRIVATE
      <algorithm> <cmath> <cstdint> <memory> <optional> <span> <string> <vector>
      <absl/container/flat_hash_map.h> <absl/status/statusor.h>
      <absl/strings/str_cat.h> <absl/strings/str_join.h>)
  endif()
  target_precompile_headers(${target} REUSE_FROM tenon_headers)
endfunction()
