# For `cmake -P cmake/dependencies.cmake`.

# Downloads and unpacks one release.  Where that fails, prints the line
# "<name> <suite> <source package> <sha256>" on stdout, for ./dev to try Debian.
# After the first failure the site is taken to be out of reach.
# `marker`: a file of the unpacked tree.
function(tenon_fetch_dependency name unpacked marker url sha256 debian)
  if(EXISTS "${marker}")
    return()
  endif()
  get_property(unreachable GLOBAL PROPERTY TENON_RELEASES_UNREACHABLE)
  if(NOT unreachable)
    set(part "${unpacked}.part")
    file(REMOVE_RECURSE "${unpacked}" "${part}")
    file(DOWNLOAD ${url} "${part}/release.tar.gz" STATUS status
         TIMEOUT 120 INACTIVITY_TIMEOUT 10)
    set(actual "")
    if(status MATCHES "^0;")
      file(SHA256 "${part}/release.tar.gz" actual)
    endif()
    if(actual STREQUAL sha256)
      file(ARCHIVE_EXTRACT INPUT "${part}/release.tar.gz"
           DESTINATION "${part}/tree")
      file(GLOB root "${part}/tree/*")
      file(RENAME "${root}" "${unpacked}")
      file(REMOVE_RECURSE "${part}")
      message("  ${name}: upstream release")
      return()
    endif()
    file(REMOVE_RECURSE "${part}")
    set_property(GLOBAL PROPERTY TENON_RELEASES_UNREACHABLE ON)
  endif()
  list(JOIN debian " " debian)
  execute_process(COMMAND ${CMAKE_COMMAND} -E echo "${name} ${debian}")
endfunction()
