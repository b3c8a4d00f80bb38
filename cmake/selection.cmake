# tenon_selected_plugins(<out>): the plugins that the TENON_… variables choose,
# in table order, each checked to be of the kind that its variable asks for.
function(tenon_selected_plugins out)
  set(executor ${TENON_EXECUTOR})
  list(REMOVE_ITEM executor inline)
  if(NOT TENON_BACKENDS)
    message(FATAL_ERROR "[tenon] TENON_BACKENDS is empty: a build needs a "
                        "backend, at least backend_scalar")
  endif()

  set(selected "")
  tenon_append_selected(selected TENON_ARCHS ARCHITECTURE ${TENON_ARCHS})
  tenon_append_selected(selected TENON_BACKENDS BACKEND ${TENON_BACKENDS})
  tenon_append_selected(selected TENON_EXECUTOR EXECUTOR ${executor})
  tenon_append_selected(selected TENON_TOKENIZERS TOKENIZER ${TENON_TOKENIZERS})
  tenon_append_selected(selected TENON_SAMPLERS SAMPLER ${TENON_SAMPLERS})
  tenon_append_selected(selected TENON_FILES FILE_FORMAT ${TENON_FILES})
  tenon_check_plugins("this selection" ${selected})
  set(${out} "${selected}" PARENT_SCOPE)
endfunction()

# Appends to the list <out> the plugins that <variable> names.
function(tenon_append_selected out variable kind)
  tenon_known_plugins(known)
  foreach(plugin IN LISTS ARGN)
    if(NOT plugin IN_LIST known)
      tenon_check_plugins(${variable} ${plugin})  # stops, and lists them
    endif()
    get_target_property(actual tenon::${plugin} TENON_PLUGIN_KIND)
    if(NOT actual STREQUAL kind)
      message(FATAL_ERROR "[tenon] ${variable}: ${plugin} is of kind ${actual}, "
                          "not ${kind}")
    endif()
    list(APPEND ${out} ${plugin})
  endforeach()
  set(${out} "${${out}}" PARENT_SCOPE)
endfunction()
