// SPDX-License-Identifier: Apache-2.0
// Cuts the demo's cases out of three brain volumes: the left hemisphere for training, the mirrored
// right hemisphere for validation, both hemispheres of another scan without labels.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "volseg/core/error.h"
#include "volseg/core/files.h"
#include "volseg/dataset/pack.h"
#include "volseg/volume/formats.h"
#include "volseg/volume/volume.h"

namespace {

using volseg::core::Array;
using volseg::core::ArrayView;
using volseg::core::Shape3;
using volseg::volume::Volume;

struct Region {
  std::string_view prefix;  // of the atlas name
  int32_t label;
};

constexpr std::array<std::string_view, 6> kClassNames = {"frontal",   "parietal",   "temporal",
                                                         "occipital", "cerebellum", "deep_grey"};

// Insula and cingulum belong to no lobe here and stay background.
constexpr Region kRegions[] = {
    {"Precentral", 1}, {"Frontal_", 1},      {"Rolandic_Oper", 1}, {"Supp_Motor_Area", 1},
    {"Olfactory", 1},  {"Rectus", 1},        {"Paracentral", 1},   {"Postcentral", 2},
    {"Parietal_", 2},  {"SupraMarginal", 2}, {"Angular", 2},       {"Precuneus", 2},
    {"Temporal_", 3},  {"Heschl", 3},        {"Fusiform", 3},      {"Hippocampus", 3},
    {"ParaHippo", 3},  {"Amygdala", 3},      {"Occipital_", 4},    {"Calcarine", 4},
    {"Cuneus", 4},     {"Lingual", 4},       {"Cerebelum_", 5},    {"Vermis_", 5},
    {"Caudate", 6},    {"Putamen", 6},       {"Pallidum", 6},      {"Thalamus", 6},
};

std::map<int32_t, int32_t> class_of_region(const std::filesystem::path& names_file) {
  std::map<int32_t, int32_t> classes;
  for (const auto& [value, name] : volseg::dataset::read_label_names(names_file)) {
    const auto* found = std::ranges::find_if(
        kRegions, [&name](const Region& region) { return name.starts_with(region.prefix); });
    if (found != std::end(kRegions)) {
      classes[value] = found->label;
    }
  }
  return classes;
}

// First voxel along axis 0 on the right side of the midline plane, world x = 0.
int64_t midline_index(const Volume& image) {
  const auto& geometry = image.header.geometry;
  return std::lround(-geometry.origin_mm[0] / (geometry.direction[0] * geometry.spacing_mm[0]));
}

enum class Side { kLeft, kRight };

// One hemisphere, seen as a left one: the right side is mirrored. The midline plane belongs to the
// left side alone, so that no voxel is in both.
template <typename T>
Array<T> hemisphere(const Volume& image, ArrayView<const T> whole, Side side) {
  const bool low_half = (side == Side::kLeft) == (image.header.geometry.direction[0] > 0);
  const int64_t midline = midline_index(image) + (low_half == (side == Side::kLeft) ? 1 : 0);
  const int64_t first = low_half ? 0 : midline;
  const int64_t width = low_half ? midline : whole.shape[0] - midline;
  Array<T> half({width, whole.shape[1], whole.shape[2]});
  for (int64_t c = 0; c < half.shape()[2]; ++c) {
    for (int64_t b = 0; b < half.shape()[1]; ++b) {
      for (int64_t a = 0; a < width; ++a) {
        half(a, b, c) = whole(first + (side == Side::kRight ? width - 1 - a : a), b, c);
      }
    }
  }
  return half;
}

// Geometry of a hemisphere as cut; a mirrored one keeps spacing and loses its place in the head.
volseg::volume::Geometry geometry_of(const Volume& image, Side side) {
  volseg::volume::Geometry geometry = image.header.geometry;
  if (side == Side::kLeft && geometry.direction[0] < 0) {
    geometry.origin_mm[0] +=
        geometry.direction[0] * geometry.spacing_mm[0] * static_cast<double>(midline_index(image));
    geometry.nifti.reset();
  }
  return geometry;
}

void write_image(const std::filesystem::path& path, const Volume& image, Side side) {
  const Array<float> whole = volseg::volume::to_float(image, 0);
  const Array<float> half = hemisphere(image, ArrayView<const float>(whole.view()), side);
  volseg::volume::write_volume(path,
                               volseg::volume::from_float(half.view(), geometry_of(image, side)),
                               volseg::core::Overwrite::kYes);
}

void write_labels(const std::filesystem::path& path, const Volume& atlas,
                  const std::map<int32_t, int32_t>& classes, Side side) {
  Array<int32_t> labels = volseg::volume::to_labels(atlas, "atlas");
  for (int64_t index = 0; index < labels.size(); ++index) {
    const auto found = classes.find(labels.data()[index]);
    labels.data()[index] = found == classes.end() ? 0 : found->second;
  }
  const Array<int32_t> half = hemisphere(atlas, ArrayView<const int32_t>(labels.view()), side);
  volseg::volume::write_volume(path,
                               volseg::volume::from_labels(half.view(), geometry_of(atlas, side)),
                               volseg::core::Overwrite::kYes);
}

void make_demo_data(const std::filesystem::path& templates, const std::filesystem::path& scan,
                    const std::filesystem::path& output) {
  for (const char* folder : {"train", "train_labels", "validation", "validation_labels", "test"}) {
    std::filesystem::create_directories(output / folder);
  }
  const Volume head = volseg::volume::read_volume(templates / "ch2.nii.gz");
  const Volume atlas = volseg::volume::read_volume(templates / "aal.nii.gz");
  const auto classes = class_of_region(templates / "aal.nii.txt");
  write_image(output / "train/ch2_left.nii.gz", head, Side::kLeft);
  write_labels(output / "train_labels/ch2_left.nii.gz", atlas, classes, Side::kLeft);
  write_image(output / "validation/ch2_right_mirrored.npy", head, Side::kRight);
  write_labels(output / "validation_labels/ch2_right_mirrored.npy", atlas, classes, Side::kRight);
  const Volume other = volseg::volume::read_volume(scan);
  write_image(output / "test/mni152_left.nii.gz", other, Side::kLeft);
  std::string names = "{\n";
  for (size_t index = 0; index < kClassNames.size(); ++index) {
    names += "  \"" + std::to_string(index + 1) + "\": \"" + std::string(kClassNames[index]) +
             "\"" + (index + 1 < kClassNames.size() ? ",\n" : "\n}\n");
  }
  volseg::core::write_text(output / "label_names.json", names, volseg::core::Overwrite::kYes);
}

}  // namespace

int main(int argument_count, char** arguments) {
  if (argument_count != 4) {
    std::fprintf(stderr, "usage: make-demo-data TEMPLATES_FOLDER SCAN.nii.gz OUTPUT_FOLDER\n");
    return 2;
  }
  try {
    make_demo_data(arguments[1], arguments[2], arguments[3]);
  } catch (const volseg::Error& error) {
    std::fprintf(stderr, "make-demo-data: %s\n", error.what());
    return volseg::exit_code(error.kind());
  }
  return 0;
}
