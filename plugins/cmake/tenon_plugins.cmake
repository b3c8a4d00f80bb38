# Making plugins, and linking the chosen ones into a program.  The same two
# functions serve this tree and, after find_package(tenon CONFIG), any other.

set(TENON_PLUGIN_KINDS
    ARCHITECTURE BACKEND EXECUTOR TOKENIZER SAMPLER FILE_FORMAT)

# tenon_add_plugin(<name> KIND <kind> SYMBOL <symbol> SOURCES <file>...
#                  [DEPS <target>...] [TESTS <file>...] [TEST_DEPS <target>...]
#                  [TEST_LABELS <label>...])
#
# A static library tenon::<name> whose source defines the descriptor
# `constinit const tenon::Plugin <symbol>`.  Its headers are included by way of
# the folder's name: "arch_transformer/config.h".  Each file of TESTS becomes
# the test <name>.<file stem>.
function(tenon_add_plugin name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "KIND;SYMBOL"
                        "SOURCES;DEPS;TESTS;TEST_DEPS;TEST_LABELS")
  if(arg_UNPARSED_ARGUMENTS OR NOT arg_SYMBOL OR NOT arg_SOURCES)
    message(FATAL_ERROR "[tenon] plugin ${name}: give KIND, SYMBOL and SOURCES "
                        "(not understood: '${arg_UNPARSED_ARGUMENTS}')")
  endif()
  if(NOT arg_KIND IN_LIST TENON_PLUGIN_KINDS)
    list(JOIN TENON_PLUGIN_KINDS " " kinds)
    message(FATAL_ERROR "[tenon] plugin ${name}: unknown KIND '${arg_KIND}'; "
                        "the kinds are: ${kinds}")
  endif()
  tenon_known_plugins(known)
  if(name IN_LIST known)
    message(FATAL_ERROR "[tenon] plugin ${name}: there is one of that name")
  endif()

  add_library(${name} STATIC ${arg_SOURCES})
  add_library(tenon::${name} ALIAS ${name})
  cmake_path(GET CMAKE_CURRENT_SOURCE_DIR PARENT_PATH include_root)
  target_include_directories(${name} PUBLIC "$<BUILD_INTERFACE:${include_root}>")
  target_link_libraries(${name} PUBLIC tenon::core PRIVATE ${arg_DEPS})
  target_compile_options(${name} PRIVATE -ffp-contract=off)
  if(EMSCRIPTEN AND TENON_BACKENDS MATCHES "${name}$")
    # The fastest.  The build is -Oz, and so are its precompiled headers.
    target_compile_options(${name} PRIVATE -O3)
    set_target_properties(${name} PROPERTIES DISABLE_PRECOMPILE_HEADERS ON)
  endif()
  if(COMMAND tenon_precompile)  # not out of tree
    tenon_precompile(${name})
  endif()
  set_target_properties(${name} PROPERTIES
                        TENON_PLUGIN_KIND ${arg_KIND}
                        TENON_PLUGIN_SYMBOL ${arg_SYMBOL}
                        EXPORT_PROPERTIES "TENON_PLUGIN_KIND;TENON_PLUGIN_SYMBOL")
  set_property(GLOBAL APPEND PROPERTY TENON_KNOWN_PLUGINS ${name})

  foreach(test IN LISTS arg_TESTS)
    cmake_path(GET test STEM stem)
    tenon_add_test(${name}.${stem} SOURCES ${test}
                   DEPS ${name} ${arg_DEPS} ${arg_TEST_DEPS}
                   LABELS ${arg_TEST_LABELS})
  endforeach()
endfunction()

# tenon_link_plugins(<target> <plugin>...)
#
# Writes <target>.plugins.cc, which defines tenon::LinkedPlugins(), and links
# the plugins.  They keep the given order.  None at all is fine.
function(tenon_link_plugins target)
  tenon_check_plugins("${target}" ${ARGN})
  set(declarations "")
  set(table "")
  foreach(plugin IN LISTS ARGN)
    get_target_property(symbol tenon::${plugin} TENON_PLUGIN_SYMBOL)
    string(APPEND declarations "extern const Plugin ${symbol};\n")
    string(APPEND table "      &${symbol},\n")
    target_link_libraries(${target} PRIVATE tenon::${plugin})
  endforeach()
  if(ARGN)
    string(CONCAT table "  static constexpr const Plugin* kTable[] = {\n"
                  "${table}  };\n  return kTable;\n")
  else()
    set(table "  return {};\n")
  endif()
  set(file "${CMAKE_CURRENT_BINARY_DIR}/${target}.plugins.cc")
  configure_file("${CMAKE_CURRENT_FUNCTION_LIST_DIR}/plugins.cc.in" "${file}"
                 @ONLY)
  target_sources(${target} PRIVATE "${file}")
  target_link_libraries(${target} PRIVATE tenon::core)
endfunction()

# Sets <out> to the names of all plugins made or found so far.
function(tenon_known_plugins out)
  get_property(known GLOBAL PROPERTY TENON_KNOWN_PLUGINS)
  set(${out} "${known}" PARENT_SCOPE)
endfunction()

# Stops with a message if <user> cannot have these plugins in one table: an
# unknown one, the same one or the same symbol twice, or two executors.
function(tenon_check_plugins user)
  tenon_known_plugins(known)
  set(seen "")
  set(symbols "")
  set(executors "")
  foreach(plugin IN LISTS ARGN)
    if(NOT plugin IN_LIST known)
      list(JOIN known " " names)
      message(FATAL_ERROR "[tenon] ${user}: no plugin is called '${plugin}'; "
                          "the known ones are: ${names}")
    endif()
    if(plugin IN_LIST seen)
      message(FATAL_ERROR "[tenon] ${user}: plugin ${plugin} is named twice")
    endif()
    list(APPEND seen ${plugin})

    get_target_property(symbol tenon::${plugin} TENON_PLUGIN_SYMBOL)
    if(symbol IN_LIST symbols)
      message(FATAL_ERROR "[tenon] ${user}: two plugins define ${symbol}; "
                          "the second is ${plugin}")
    endif()
    list(APPEND symbols ${symbol})

    get_target_property(kind tenon::${plugin} TENON_PLUGIN_KIND)
    if(kind STREQUAL "EXECUTOR")
      list(APPEND executors ${plugin})
    endif()
  endforeach()
  list(LENGTH executors count)
  if(count GREATER 1)
    list(JOIN executors " " names)
    message(FATAL_ERROR "[tenon] ${user}: one executor at most, not: ${names}")
  endif()
endfunction()
