# cmake -DINCLUDE_DIR=<folder> -DHEADERS=<a,b> -P check_hot_headers.cmake
#
# Hot code includes these: neither they nor the "tenon/..." headers that they
# reach may include Abseil, fmt, FlatBuffers, <string> or <functional>.

cmake_minimum_required(VERSION 3.25)

set(include "^[ \t]*#[ \t]*include[ \t]*")
set(forbidden "^(absl/|fmt/|flatbuffers/|string$|functional$)")
string(REPLACE "," ";" queue "${HEADERS}")
set(seen "")
set(violations "")
while(queue)
  list(POP_FRONT queue header)
  if(header IN_LIST seen)
    continue()
  endif()
  list(APPEND seen ${header})
  file(STRINGS "${INCLUDE_DIR}/${header}" lines REGEX "${include}")
  foreach(line IN LISTS lines)
    string(REGEX MATCH "${include}[<\"]([^>\"]+)" matched "${line}")
    set(included "${CMAKE_MATCH_1}")
    if(included MATCHES "${forbidden}")
      string(APPEND violations "  ${header}: ${included}\n")
    elseif(included MATCHES "^tenon/")
      list(APPEND queue "${included}")
    endif()
  endforeach()
endwhile()
if(violations)
  message(FATAL_ERROR "[layering] hot headers reach:\n${violations}")
endif()
