// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <itkImageIOBase.h>
#include <itkMetaImageIO.h>
#include <itkNrrdImageIO.h>
#include <itkTIFFImageIO.h>

#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "volseg/core/files.h"
#include "volseg/volume/formats.h"
#include "volseg/volume/internal/made_volume_test.h"

namespace volseg::volume::internal {
namespace {

using itk::IOComponentEnum;

constexpr core::Shape3 kShape{4, 3, 5};

const std::vector<std::pair<DataType, IOComponentEnum>> kComponents{
    {DataType::kUint8, IOComponentEnum::UCHAR},   {DataType::kInt8, IOComponentEnum::CHAR},
    {DataType::kUint16, IOComponentEnum::USHORT}, {DataType::kInt16, IOComponentEnum::SHORT},
    {DataType::kUint32, IOComponentEnum::UINT},   {DataType::kInt32, IOComponentEnum::INT},
    {DataType::kFloat32, IOComponentEnum::FLOAT}, {DataType::kFloat64, IOComponentEnum::DOUBLE}};

itk::ImageIOBase::Pointer reader_of(const std::string& extension) {
  itk::Object::SetGlobalWarningDisplay(false);
  if (extension == ".tif") {
    return itk::TIFFImageIO::New().GetPointer();
  }
  if (extension == ".nrrd" || extension == ".nhdr") {
    return itk::NrrdImageIO::New().GetPointer();
  }
  return itk::MetaImageIO::New().GetPointer();
}

/// World step along an axis and origin, in R, A, S.
void expect_geometry(const itk::ImageIOBase& io, const Geometry& geometry) {
  for (unsigned int axis = 0; axis < 3; ++axis) {
    EXPECT_NEAR(io.GetSpacing(axis), geometry.spacing_mm[axis], 1e-9);
    const double origin_sign = axis < 2 ? -1 : 1;
    EXPECT_NEAR(io.GetOrigin(axis) * origin_sign, geometry.origin_mm[axis], 1e-9);
    for (size_t row = 0; row < 3; ++row) {
      const double sign = row < 2 ? -1 : 1;
      EXPECT_NEAR(io.GetDirection(axis)[row] * sign, geometry.direction[row * 3 + axis], 1e-9);
    }
  }
}

void set_whole_region(itk::ImageIOBase& io) {
  itk::ImageIORegion region(3);
  for (unsigned int axis = 0; axis < 3; ++axis) {
    region.SetSize(axis, static_cast<size_t>(kShape[axis]));
  }
  io.SetIORegion(region);
}

void set_geometry(const Geometry& geometry, itk::ImageIOBase& io) {
  for (unsigned int axis = 0; axis < 3; ++axis) {
    io.SetSpacing(axis, geometry.spacing_mm[axis]);
    io.SetOrigin(axis, geometry.origin_mm[axis] * (axis < 2 ? -1 : 1));
    std::vector<double> direction(3);
    for (size_t row = 0; row < 3; ++row) {
      direction[row] = geometry.direction[row * 3 + axis] * (row < 2 ? -1 : 1);
    }
    io.SetDirection(axis, direction);
  }
}

TEST(ItkReads, what_volseg_writes) {
  const TestFolder folder("volseg_itk_reads");
  for (const std::string extension : {".nrrd", ".mha", ".tif"}) {
    for (const auto& [type, component] : kComponents) {
      SCOPED_TRACE(std::string(name_of(type)) + extension);
      if (extension == ".tif" &&
          (type == DataType::kUint32 || type == DataType::kInt32 || type == DataType::kFloat64)) {
        continue;
      }
      Volume written = random_volume(kShape, core::Order::kFortran, type);
      written.header.geometry = turned_geometry();
      const std::string path = folder.path() / ("a" + extension);
      write_volume(path, written, core::Overwrite::kYes);
      const auto io = reader_of(extension);
      io->SetFileName(path);
      io->ReadImageInformation();
      ASSERT_EQ(io->GetNumberOfDimensions(), 3U);
      EXPECT_EQ(io->GetComponentType(), component);
      for (unsigned int axis = 0; axis < 3; ++axis) {
        EXPECT_EQ(static_cast<int64_t>(io->GetDimensions(axis)), kShape[axis]);
      }
      set_whole_region(*io);
      std::vector<std::byte> voxels(static_cast<size_t>(io->GetImageSizeInBytes()));
      io->Read(voxels.data());
      ASSERT_EQ(voxels.size(), written.data.bytes().size());
      EXPECT_EQ(std::memcmp(voxels.data(), written.data.data(), voxels.size()), 0);
      if (extension != ".tif") {
        expect_geometry(*io, written.header.geometry);
      }
    }
  }
}

TEST(ItkWrites, what_volseg_reads) {
  const TestFolder folder("volseg_itk_writes");
  for (const std::string extension : {".nrrd", ".nhdr", ".mha", ".mhd"}) {
    for (const auto& [type, component] : kComponents) {
      for (const bool compressed : {false, true}) {
        SCOPED_TRACE(std::string(name_of(type)) + extension + (compressed ? " compressed" : ""));
        const Volume expected = random_volume(kShape, core::Order::kFortran, type);
        const auto io = reader_of(extension);
        io->SetNumberOfDimensions(3);
        for (unsigned int axis = 0; axis < 3; ++axis) {
          io->SetDimensions(axis, static_cast<size_t>(kShape[axis]));
        }
        set_geometry(turned_geometry(), *io);
        io->SetComponentType(component);
        io->SetPixelType(itk::IOPixelEnum::SCALAR);
        io->SetNumberOfComponents(1);
        io->SetUseCompression(compressed);
        set_whole_region(*io);
        const std::string path = folder.path() / ("b" + extension);
        io->SetFileName(path);
        io->Write(expected.data.data());
        const Volume found = read_volume(path);
        EXPECT_EQ(found.header.type, type);
        EXPECT_TRUE(found.header.notes.empty()) << found.header.notes[0];
        EXPECT_TRUE(same_geometry(found.header.geometry, turned_geometry()))
            << to_string(found.header.geometry);
        ASSERT_EQ(found.data.size_bytes(), expected.data.size_bytes());
        EXPECT_EQ(
            std::memcmp(found.data.data(), expected.data.data(), expected.data.bytes().size()), 0);
      }
    }
  }
}

}  // namespace
}  // namespace volseg::volume::internal
