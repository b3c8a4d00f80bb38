# Third-party sources, each pinned once: the upstream release, and the same
# version as the Debian source package that `./dev setup` takes where the
# release site cannot be reached.  Sources unpacked in .deps/<name> are used as
# they are; otherwise CMake downloads the release.
#
# Where the hashes come from: the Debian ones were computed from the files.  The
# upstream ones are those that public build files pin (for 2024 Abseil: gRPC and
# Homebrew; googletest: Homebrew and Arrow; CLI11: Homebrew; SIMDe: Homebrew and
# Termux; FlatBuffers: TensorFlow); nlohmann_json's, Google Benchmark's and
# xxHash's upstream and Debian archives are the same files.
#
# This file is also run as a script (cmake -P), by ./dev: then it downloads the
# releases into .deps and prints a line for every one that it could not get.

set(tenon_deps_dir "${CMAKE_CURRENT_LIST_DIR}/../.deps")
cmake_path(NORMAL_PATH tenon_deps_dir)

if(CMAKE_SCRIPT_MODE_FILE)
  cmake_minimum_required(VERSION 3.25)
  include("${CMAKE_CURRENT_LIST_DIR}/fetch_dependency.cmake")
else()
  include(FetchContent)
endif()

# tenon_dependency(<name> URL <release> SHA256 <hash> [HEADER <file>]
#                  DEBIAN <suite> <source package> <hash of its .orig tarball>)
#
# HEADER: there is nothing to build, and this is one of its files.  <source
# package> may also be <package>.deb, whose /usr/include is taken.
function(tenon_dependency name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "URL;SHA256;HEADER" "DEBIAN")
  set(unpacked "${tenon_deps_dir}/${name}")
  set(marker "${unpacked}/CMakeLists.txt")
  if(arg_HEADER)
    set(marker "${unpacked}/${arg_HEADER}")
  endif()
  if(CMAKE_SCRIPT_MODE_FILE)
    tenon_fetch_dependency(${name} "${unpacked}" "${marker}" ${arg_URL}
                           ${arg_SHA256} "${arg_DEBIAN}")
    return()
  endif()
  if(EXISTS "${marker}")
    set(source SOURCE_DIR "${unpacked}")
  else()
    set(source URL ${arg_URL} URL_HASH SHA256=${arg_SHA256})
  endif()
  FetchContent_Declare(${name} ${source} SYSTEM)
endfunction()

tenon_dependency(abseil
  URL https://github.com/abseil/abseil-cpp/releases/download/20240722.0/abseil-cpp-20240722.0.tar.gz
  SHA256 f50e5ac311a81382da7fa75b97310e4b9006474f9560ac46f54a9967f07d4ae3
  DEBIAN trixie abseil
         df6d1f5ef540725f3851201176a60486aab332410788465c9877910bb471c34a)

tenon_dependency(nlohmann_json
  URL https://github.com/nlohmann/json/archive/refs/tags/v3.11.2.tar.gz
  SHA256 d69f9deb6a75e2580465c6c4c5111b89c4dc2fa94e3a85fcd2ffcd9a143d9273
  DEBIAN bookworm nlohmann-json3
         d69f9deb6a75e2580465c6c4c5111b89c4dc2fa94e3a85fcd2ffcd9a143d9273)

tenon_dependency(CLI11
  URL https://github.com/CLIUtils/CLI11/archive/refs/tags/v2.1.2.tar.gz
  SHA256 26291377e892ba0e5b4972cdfd4a2ab3bf53af8dac1f4ea8fe0d1376b625c8cb
  DEBIAN bookworm cli11
         8143d20b688e98ccce8e24562d3b68e5f47c12e896c42c7ca8553dbde5bed55d)

tenon_dependency(flatbuffers
  URL https://github.com/google/flatbuffers/archive/v23.5.26.tar.gz
  SHA256 1cce06b17cddd896b6d73cc047e36a254fb8df4d7ea18a46acf16c4c0cd3f3f3
  DEBIAN trixie flatbuffers
         0d309fd2c47bbbebd450e68d1419c336d53d1b8f5ce47e1f1f7f28f452fc6f3b)

tenon_dependency(googletest
  URL https://github.com/google/googletest/releases/download/v1.16.0/googletest-1.16.0.tar.gz
  SHA256 78c676fc63881529bf97bf9d45948d905a66833fbfa5318ea2cd7478cb98f399
  DEBIAN trixie googletest
         2f54382b5d13d6cd0be2afc524f1e510d37f8ba78c2d439c5bea64ef37e30d01)

tenon_dependency(benchmark
  URL https://github.com/google/benchmark/archive/refs/tags/v1.9.1.tar.gz
  SHA256 32131c08ee31eeff2c8968d7e874f3cb648034377dfc32a4c377fa8796d84981
  DEBIAN trixie benchmark
         32131c08ee31eeff2c8968d7e874f3cb648034377dfc32a4c377fa8796d84981)

tenon_dependency(simde
  URL https://github.com/simd-everywhere/simde/archive/refs/tags/v0.8.2.tar.gz
  SHA256 ed2a3268658f2f2a9b5367628a85ccd4cf9516460ed8604eed369653d49b25fb
  HEADER simde/wasm/simd128.h
  DEBIAN trixie libsimde-dev.deb
         277dcde3fb84223b7026174042646e236da42adce2fcb77031807ede8166a51e)

tenon_dependency(xxhash
  URL https://github.com/Cyan4973/xxHash/archive/refs/tags/v0.8.3.tar.gz
  SHA256 aae608dfe8213dfd05d909a57718ef82f30722c392344583d3f39050c7f29a80
  HEADER xxhash.h
  DEBIAN trixie xxhash
         aae608dfe8213dfd05d909a57718ef82f30722c392344583d3f39050c7f29a80)

if(CMAKE_SCRIPT_MODE_FILE)
  return()
endif()

# Makes the targets of <name>.  Only what something links is built, unless the
# whole of it is to be INSTALLED.
function(tenon_use_dependency name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "INSTALLED" "" "")
  set(CMAKE_WARN_DEPRECATED OFF)
  set(CMAKE_POLICY_DEFAULT_CMP0077 NEW)  # the options set below count
  set(CMAKE_POLICY_VERSION_MINIMUM 3.5)  # CMake 4 and older projects
  FetchContent_MakeAvailable(${name})
  FetchContent_GetProperties(${name} SOURCE_DIR dir)
  if(NOT arg_INSTALLED AND EXISTS "${dir}/CMakeLists.txt")
    set_property(DIRECTORY "${dir}" PROPERTY EXCLUDE_FROM_ALL ON)
  endif()
endfunction()

set(ABSL_PROPAGATE_CXX_STD ON)
set(ABSL_ENABLE_INSTALL ${TENON_INSTALL})
set(JSON_BuildTests OFF)
set(JSON_Install OFF)
set(CLI11_BUILD_TESTS OFF)
set(CLI11_BUILD_EXAMPLES OFF)
set(CLI11_BUILD_DOCS OFF)
set(INSTALL_GTEST OFF)
set(FLATBUFFERS_BUILD_TESTS OFF)
set(FLATBUFFERS_BUILD_FLATC ${TENON_BUILD_TESTS})
set(FLATBUFFERS_BUILD_FLATLIB OFF)
set(FLATBUFFERS_INSTALL OFF)

# Most of the time to compile its sources goes into the same headers: all those of
# a target at once, where no two define the same name.
set(unity ${CMAKE_UNITY_BUILD})
set(CMAKE_UNITY_BUILD ON)
if(TENON_INSTALL)
  tenon_use_dependency(abseil INSTALLED)
else()
  tenon_use_dependency(abseil)
endif()
set(CMAKE_UNITY_BUILD ${unity})
foreach(name IN ITEMS time time_zone)
  get_target_property(target absl::${name} ALIASED_TARGET)
  set_target_properties(${target} PROPERTIES UNITY_BUILD OFF)
endforeach()
tenon_use_dependency(nlohmann_json)
tenon_use_dependency(flatbuffers)  # headers: see plugins/file_tnn
tenon_use_dependency(xxhash)  # one header: see core
if("cli" IN_LIST TENON_FRONTENDS)
  tenon_use_dependency(CLI11)
endif()
if(TENON_BUILD_TESTS)
  tenon_use_dependency(googletest)
endif()
if(NOT EMSCRIPTEN)
  tenon_use_dependency(simde)  # headers: see backend_simd128
endif()
if("bench" IN_LIST TENON_FRONTENDS)
  set(BENCHMARK_ENABLE_TESTING OFF)
  set(BENCHMARK_ENABLE_INSTALL OFF)
  set(BENCHMARK_ENABLE_WERROR OFF)
  if(EMSCRIPTEN)
    set(BENCHMARK_ENABLE_EXCEPTIONS OFF)
  endif()
  # What it would find out by trying.
  foreach(feature IN ITEMS STD_REGEX POSIX_REGEX STEADY_CLOCK
          THREAD_SAFETY_ATTRIBUTES)
    set(HAVE_${feature} 1)
  endforeach()
  tenon_use_dependency(benchmark)
endif()
