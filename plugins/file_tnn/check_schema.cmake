# cmake -DFLATC=<program> -DSCHEMA=<file>.fbs [-DUPDATE=ON] -P check_schema.cmake
#
# Compares the header beside the schema with what the compiler makes of it;
# UPDATE writes it instead.

cmake_path(GET SCHEMA PARENT_PATH folder)
cmake_path(GET SCHEMA STEM stem)
set(committed "${folder}/${stem}_generated.h")
set(made "${CMAKE_CURRENT_BINARY_DIR}/schema")
if(UPDATE)
  set(made "${folder}")
endif()
execute_process(
  COMMAND "${FLATC}" --cpp --cpp-std c++17 --scoped-enums -o "${made}" "${SCHEMA}"
  COMMAND_ERROR_IS_FATAL ANY)
execute_process(
  COMMAND "${CMAKE_COMMAND}" -E compare_files
          "${made}/${stem}_generated.h" "${committed}"
  RESULT_VARIABLE differs)
if(differs)
  message(FATAL_ERROR "${committed} is not what ${SCHEMA} makes: run this script "
                      "once more with -DUPDATE=ON")
endif()
