# The installed package: the core, every plugin of this tree, the public headers
# and the two plugin functions.  Abseil is installed beside it.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

function(tenon_install_package)
  if(NOT TENON_INSTALL OR NOT TARGET tenon_core)
    return()
  endif()
  tenon_known_plugins(plugins)
  set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/tenon")

  set_target_properties(tenon_core PROPERTIES EXPORT_NAME core)
  install(TARGETS tenon_core ${plugins} EXPORT tenonTargets
          INCLUDES DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
  install(DIRECTORY core/include/ DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
  install(EXPORT tenonTargets NAMESPACE tenon:: DESTINATION "${package_dir}")

  set(config "${PROJECT_BINARY_DIR}/package/tenonConfig.cmake")
  configure_package_config_file(cmake/tenonConfig.cmake.in "${config}"
                                INSTALL_DESTINATION "${package_dir}")
  write_basic_package_version_file(
    "${PROJECT_BINARY_DIR}/package/tenonConfigVersion.cmake"
    COMPATIBILITY SameMinorVersion)
  install(FILES "${config}"
                "${PROJECT_BINARY_DIR}/package/tenonConfigVersion.cmake"
                plugins/cmake/tenon_plugins.cmake
                plugins/cmake/tenon_testing.cmake
                plugins/cmake/plugins.cc.in
                plugins/cmake/replay_corpus.cc
          DESTINATION "${package_dir}")
  install(FILES LICENSE DESTINATION "${CMAKE_INSTALL_DATADIR}/licenses/tenon")
endfunction()
