# cmake -DNAME=arch_mine -DTO=<folder> -P copy.cmake
#
# Copies this plugin to <folder>/arch_mine under its new name.  An existing
# folder is left alone.

cmake_minimum_required(VERSION 3.25)

if(NOT NAME MATCHES "^[a-z][a-z0-9]*(_[a-z0-9]+)*$" OR NOT TO)
  message(FATAL_ERROR "give -DNAME=arch_mine (lower case) and -DTO=folder")
endif()
cmake_path(ABSOLUTE_PATH TO NORMALIZE)
if(EXISTS "${TO}/${NAME}")
  message(FATAL_ERROR "${TO}/${NAME} is there already")
endif()

string(TOUPPER ${NAME} upper)        # ARCH_MINE
string(REPLACE "_" ";" words ${NAME})
set(camel "")                        # ArchMine
foreach(word IN LISTS words)
  string(SUBSTRING ${word} 0 1 first)
  string(SUBSTRING ${word} 1 -1 rest)
  string(TOUPPER ${first} first)
  string(APPEND camel ${first}${rest})
endforeach()

file(GLOB files RELATIVE "${CMAKE_CURRENT_LIST_DIR}"
     "${CMAKE_CURRENT_LIST_DIR}/*.h" "${CMAKE_CURRENT_LIST_DIR}/*.cc"
     "${CMAKE_CURRENT_LIST_DIR}/CMakeLists.txt")
foreach(file IN LISTS files)
  file(READ "${CMAKE_CURRENT_LIST_DIR}/${file}" text)
  string(REPLACE "template_arch" "${NAME}" text "${text}")
  string(REPLACE "TEMPLATE_ARCH" "${upper}" text "${text}")
  string(REPLACE "TemplateArch" "${camel}" text "${text}")
  file(WRITE "${TO}/${NAME}/${file}" "${text}")
endforeach()
