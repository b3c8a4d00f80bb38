# Flags for our own code only: included after the dependencies were added.

set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)

# No fused multiply-add behind our back: every target computes the same bits.
add_compile_options(-ffp-contract=off)

add_compile_options(-Wall -Wextra -Wpedantic -Wundef -Wvla
                    $<IF:$<CXX_COMPILER_ID:GNU>,-Wshadow=local,-Wshadow>
                    "$<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor>"
                    "$<$<COMPILE_LANGUAGE:CXX>:-Woverloaded-virtual>"
                    -Wno-missing-field-initializers)
if(TENON_WERROR)
  add_compile_options(-Werror)
endif()

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # False alarms inside std::string and std::vector: always with GCC 12's
  # -Wrestrict, the others once a sanitizer has rewritten the code.
  add_compile_options(-Wno-restrict)
  if(TENON_SANITIZE)
    add_compile_options(-Wno-maybe-uninitialized -Wno-stringop-overflow
                        -Wno-array-bounds)
  endif()
endif()

if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  # std::stable_sort of libstdc++ 12 calls a function that it deprecates.
  add_compile_options(-Wno-deprecated-declarations)
endif()
