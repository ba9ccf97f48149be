# Exports every layer as volseg::<layer> and the umbrella volseg::volseg.
include(CMakePackageConfigHelpers)

get_property(layers GLOBAL PROPERTY VOLSEG_LAYERS)
list(TRANSFORM layers PREPEND "volseg::" OUTPUT_VARIABLE layer_targets)
add_library(volseg INTERFACE)
add_library(volseg::volseg ALIAS volseg)
target_link_libraries(volseg INTERFACE ${layer_targets})

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/volseg")
install(TARGETS volseg EXPORT volseg-targets)
install(EXPORT volseg-targets NAMESPACE volseg:: FILE volseg-targets.cmake DESTINATION "${package_dir}")
configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/volseg-config.cmake.in"
  "${PROJECT_BINARY_DIR}/volseg-config.cmake" INSTALL_DESTINATION "${package_dir}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/volseg-config-version.cmake"
  COMPATIBILITY SameMajorVersion)
install(FILES "${PROJECT_BINARY_DIR}/volseg-config.cmake"
  "${PROJECT_BINARY_DIR}/volseg-config-version.cmake" DESTINATION "${package_dir}")
