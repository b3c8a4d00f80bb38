# cmake -DINCLUDE_DIR=<folder> -DMOST=<n> -P check_header_count.cmake
#
# The listing of the public headers is the list of concepts: flat, and short.

cmake_minimum_required(VERSION 3.25)

file(GLOB_RECURSE headers RELATIVE "${INCLUDE_DIR}" "${INCLUDE_DIR}/*.h")
list(LENGTH headers count)
if(count EQUAL 0)
  message(FATAL_ERROR "[layering] there are no headers in ${INCLUDE_DIR}")
endif()
if(count GREATER MOST)
  message(FATAL_ERROR "[layering] ${count} public headers, at most ${MOST}")
endif()
list(FILTER headers INCLUDE REGEX "/")
if(headers)
  message(FATAL_ERROR "[layering] public headers in a subfolder: ${headers}")
endif()
