# cmake -DDIR=<folder> -DALLOW=<regex> [-DTEST_ALLOW=<regex>]
#       -P check_includes.cmake
#
# What the sources below DIR include in quotes must match ALLOW, or TEST_ALLOW
# in tests (*_test.cc, *test*.h).  Our own headers never stand in angle brackets.

cmake_minimum_required(VERSION 3.25)

file(GLOB_RECURSE sources "${DIR}/*.h" "${DIR}/*.cc" "${DIR}/*.inc")
if(NOT sources)
  message(FATAL_ERROR "[layering] there are no sources below ${DIR}")
endif()

set(include "^[ \t]*#[ \t]*include[ \t]*")
set(ours "(tenon|src|tests|support|oracle|frontends|arch_[a-z0-9_]+|backend_[a-z0-9_]+)/")
set(violations "")
foreach(source IN LISTS sources)
  set(allow "${ALLOW}")
  if(source MATCHES "(_test\\.cc|/[a-z_]*test[a-z_]*\\.h)$" AND TEST_ALLOW)
    set(allow "${ALLOW}|${TEST_ALLOW}")
  endif()
  file(STRINGS "${source}" lines REGEX "${include}")
  foreach(line IN LISTS lines)
    if(line MATCHES "${include}\"([^\"]+)\"")
      set(header "${CMAKE_MATCH_1}")
      if(NOT header MATCHES "${allow}")
        string(APPEND violations "  ${source}: \"${header}\"\n")
      endif()
    elseif(line MATCHES "${include}<(${ours}[^>]*)>")
      string(APPEND violations "  ${source}: <${CMAKE_MATCH_1}>\n")
    endif()
  endforeach()
endforeach()
if(violations)
  message(FATAL_ERROR "[layering] only ${ALLOW} may be included here:\n"
                      "${violations}")
endif()
