# Installed programs find volseg's own libraries beside them, and the wheels where they lie.
set(CMAKE_INSTALL_RPATH "$ORIGIN" "$ORIGIN/../${CMAKE_INSTALL_LIBDIR}")

# Every third-party library, found once. Arrow and LibTorch found through CMAKE_PREFIX_PATH win over the
# wheels that tools/bootstrap put into VOLSEG_DEPS_DIR.
find_package(PkgConfig REQUIRED)
find_package(TBB REQUIRED)

find_package(nlohmann_json REQUIRED)
find_package(fmt REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(CLI11 REQUIRED)
find_package(PNG REQUIRED)
find_package(TIFF REQUIRED)
find_package(ZLIB REQUIRED)
if(VOLSEG_BUILD_TESTS)
  find_package(GTest REQUIRED)
endif()

# volseg_find_plain(<target> <header> <library>): an imported target for a library without a package.
function(volseg_find_plain target header library)
  find_path(${target}_INCLUDE_DIR ${header} PATH_SUFFIXES nifti gdcm-3.0 hdf5/serial ITK-5.2
    REQUIRED)
  find_library(${target}_LIBRARY NAMES ${library} REQUIRED)
  add_library(${target} INTERFACE IMPORTED GLOBAL)
  target_include_directories(${target} SYSTEM INTERFACE "${${target}_INCLUDE_DIR}")
  target_link_libraries(${target} INTERFACE "${${target}_LIBRARY}")
endfunction()
volseg_find_plain(volseg_libzip zip.h zip)
volseg_find_plain(volseg_libdeflate libdeflate.h deflate)
volseg_find_plain(volseg_utf8proc utf8proc.h utf8proc)
volseg_find_plain(volseg_nifti nifti2_io.h nifti2)
volseg_find_plain(volseg_gdcm gdcmImage.h gdcmMSFF)
volseg_find_plain(volseg_hdf5 hdf5.h "hdf5_serial;hdf5")
volseg_find_plain(volseg_blosc blosc.h blosc)
volseg_find_plain(volseg_xxhash xxhash.h xxhash)
volseg_find_plain(volseg_hwy hwy/highway.h hwy)
target_compile_definitions(volseg_hwy INTERFACE HWY_SHARED_DEFINE)
foreach(part gdcmDSED gdcmCommon)
  find_library(volseg_${part}_LIBRARY ${part} REQUIRED)
  target_link_libraries(volseg_gdcm INTERFACE "${volseg_${part}_LIBRARY}")
endforeach()

# ITK reads what the volume layer writes and writes what it reads: an independent reader in tests.
if(VOLSEG_BUILD_TESTS)
  volseg_find_plain(volseg_itk itkNrrdImageIO.h ITKIONRRD-5.2)
  foreach(part IOMeta IOTIFF IOImageBase Common)
    find_library(volseg_itk_${part}_LIBRARY ITK${part}-5.2 REQUIRED)
    target_link_libraries(volseg_itk INTERFACE "${volseg_itk_${part}_LIBRARY}")
  endforeach()
endif()

# Arrow and Parquet: a package, else the pyarrow wheel.
find_package(Arrow QUIET)
find_package(Parquet QUIET)
add_library(volseg_arrow INTERFACE IMPORTED GLOBAL)
if(Arrow_FOUND AND Parquet_FOUND)
  target_link_libraries(volseg_arrow INTERFACE Arrow::arrow_shared Parquet::parquet_shared)
else()
  set(arrow_dir "${VOLSEG_DEPS_DIR}/pyarrow")
  file(GLOB arrow_library "${arrow_dir}/libarrow.so.*")
  file(GLOB parquet_library "${arrow_dir}/libparquet.so.*")
  if(NOT arrow_library OR NOT parquet_library)
    message(FATAL_ERROR "No Arrow: run tools/bootstrap, or give its package by CMAKE_PREFIX_PATH")
  endif()
  foreach(part arrow parquet)
    add_library(volseg_wheel_${part} SHARED IMPORTED GLOBAL)
    set_target_properties(volseg_wheel_${part} PROPERTIES IMPORTED_LOCATION "${${part}_library}"
      INTERFACE_INCLUDE_DIRECTORIES "${arrow_dir}/include"
      INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "${arrow_dir}/include")
  endforeach()
  target_link_libraries(volseg_arrow INTERFACE volseg_wheel_parquet volseg_wheel_arrow)
  list(APPEND CMAKE_INSTALL_RPATH "${arrow_dir}")
endif()

# LibTorch: a package, else the torch wheel. Only libtorch_cpu and libc10 are linked; libtorch_cuda is
# opened at run time where it is installed.
if(VOLSEG_WITH_TORCH)
  add_library(volseg_torch INTERFACE IMPORTED GLOBAL)
  find_path(volseg_torch_INCLUDE_DIR torch/torch.h REQUIRED
    PATHS "${VOLSEG_DEPS_DIR}/torch/include/torch/csrc/api/include"
    PATH_SUFFIXES include/torch/csrc/api/include)
  cmake_path(SET torch_include NORMALIZE "${volseg_torch_INCLUDE_DIR}/../../../..")
  cmake_path(SET torch_lib NORMALIZE "${torch_include}/../lib")
  foreach(part torch_cpu c10)
    add_library(volseg_wheel_${part} SHARED IMPORTED GLOBAL)
    set_target_properties(volseg_wheel_${part} PROPERTIES
      IMPORTED_LOCATION "${torch_lib}/lib${part}.so")
  endforeach()
  target_include_directories(volseg_torch SYSTEM INTERFACE
    "${volseg_torch_INCLUDE_DIR}" "${torch_include}")
  target_link_libraries(volseg_torch INTERFACE volseg_wheel_torch_cpu volseg_wheel_c10)
  target_link_options(volseg_torch INTERFACE "-Wl,-rpath-link,${torch_lib}")
  list(APPEND CMAKE_INSTALL_RPATH "${torch_lib}")
endif()
