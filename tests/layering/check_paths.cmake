# cmake -DDIR=<folder> -P check_paths.cmake
#
# No text file names a place on the machine that it was written on.

cmake_minimum_required(VERSION 3.25)

file(GLOB_RECURSE files LIST_DIRECTORIES false RELATIVE "${DIR}" "${DIR}/*")
list(FILTER files EXCLUDE REGEX
     "(^|/)(\\.git|\\.deps|build[^/]*|node_modules|__pycache__)/")
list(FILTER files EXCLUDE REGEX "(^|/)\\.git$|\\.(gguf|bin|png|wasm)$")

# Written in two parts, so that this file does not contain them itself.
set(roots work root tmp home/user)
list(TRANSFORM roots PREPEND "/")
list(TRANSFORM roots APPEND "/")
list(JOIN roots "|" machine)

set(violations "")
foreach(file IN LISTS files)
  file(STRINGS "${DIR}/${file}" lines REGEX "(^|[^a-zA-Z0-9_.}])(${machine})")
  foreach(line IN LISTS lines)
    string(APPEND violations "  ${file}: ${line}\n")
  endforeach()
endforeach()
if(violations)
  message(FATAL_ERROR "[layering] machine paths:\n${violations}")
endif()
