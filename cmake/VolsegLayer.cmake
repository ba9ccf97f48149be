# volseg_add_layer(<name> [DEPS <layer>...] [LIBRARIES <target>...] [TEST_LIBRARIES <target>...])
#
# One folder of volseg/ becomes the shared library volseg_<name>, exported as volseg::<name>, and its
# *_test.cpp files become the test program volseg_<name>_tests. DEPS are the only layers whose headers
# the folder may include (tools/check_layers reads them here); LIBRARIES stay private to the folder,
# TEST_LIBRARIES to its tests.
#
# volseg_unit_tests builds all of these programs.
set_property(GLOBAL PROPERTY VOLSEG_LAYERS "")
add_custom_target(volseg_unit_tests)

function(volseg_settings target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF POSITION_INDEPENDENT_CODE ON)
  # GCC 12 reports -Wrestrict falsely for std::string concatenation, and designated initialisers are meant
  # to leave defaults in place.
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wshadow -Wnon-virtual-dtor $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
    -Wno-missing-field-initializers
    $<$<BOOL:${VOLSEG_WARNINGS_AS_ERRORS}>:-Werror>)
  if(VOLSEG_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${VOLSEG_SANITIZE} -fno-omit-frame-pointer
      -fno-sanitize-recover=all)
    target_link_options(${target} PRIVATE -fsanitize=${VOLSEG_SANITIZE})
  endif()
  if(VOLSEG_FUZZ)
    target_compile_options(${target} PRIVATE -fsanitize=fuzzer-no-link)
    target_compile_definitions(${target} PRIVATE FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION)
  endif()
endfunction()

function(volseg_add_layer name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "DEPS;LIBRARIES;TEST_LIBRARIES")
  set(folder "${PROJECT_SOURCE_DIR}/volseg/${name}")
  file(GLOB sources CONFIGURE_DEPENDS "${folder}/*.cpp" "${folder}/internal/*.cpp")
  file(GLOB headers CONFIGURE_DEPENDS "${folder}/*.h")
  list(FILTER headers EXCLUDE REGEX "_test\\.h$")
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")

  add_library(volseg_${name} SHARED ${sources})
  add_library(volseg::${name} ALIAS volseg_${name})
  volseg_settings(volseg_${name})
  list(TRANSFORM arg_DEPS PREPEND "volseg::" OUTPUT_VARIABLE layers)
  target_link_libraries(volseg_${name} PUBLIC ${layers} PRIVATE ${arg_LIBRARIES})
  target_include_directories(volseg_${name} PUBLIC
    "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>" "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>")
  set_target_properties(volseg_${name} PROPERTIES EXPORT_NAME ${name}
    VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR})
  install(TARGETS volseg_${name} EXPORT volseg-targets)
  install(FILES ${headers} DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/volseg/${name}")
  set_property(GLOBAL APPEND PROPERTY VOLSEG_LAYERS ${name})

  if(VOLSEG_BUILD_TESTS AND tests)
    add_executable(volseg_${name}_tests ${tests})
    add_dependencies(volseg_unit_tests volseg_${name}_tests)
    volseg_settings(volseg_${name}_tests)
    # Optimising tests costs more than it saves.
    target_compile_options(volseg_${name}_tests PRIVATE $<$<CONFIG:Release>:-O1>)
    target_link_libraries(volseg_${name}_tests PRIVATE volseg::${name} ${arg_LIBRARIES}
      ${arg_TEST_LIBRARIES} GTest::gtest_main)
    add_test(NAME unit.${name} COMMAND volseg_${name}_tests)
    set_tests_properties(unit.${name} PROPERTIES LABELS unit TIMEOUT 900)
  endif()
endfunction()

# volseg_add_late_library(<name> LAYER <layer> FOLDER <folder> LIBRARIES <target>...)
#
# volseg/<layer>/<folder> becomes libvolseg_<name>.so, which the layer opens when it is needed: for
# third parties that would take long to load at every start.
function(volseg_add_late_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "LAYER;FOLDER" "LIBRARIES")
  file(GLOB sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/volseg/${arg_LAYER}/${arg_FOLDER}/*.cpp")
  add_library(volseg_${name} MODULE ${sources})
  volseg_settings(volseg_${name})
  target_include_directories(volseg_${name} PRIVATE "${PROJECT_SOURCE_DIR}")
  target_link_libraries(volseg_${name} PRIVATE ${arg_LIBRARIES})
  install(TARGETS volseg_${name} LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}")
  add_dependencies(volseg_${arg_LAYER} volseg_${name})
endfunction()
