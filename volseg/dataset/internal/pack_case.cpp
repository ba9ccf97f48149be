// SPDX-License-Identifier: Apache-2.0
#include "volseg/dataset/internal/pack_case.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "volseg/core/error.h"
#include "volseg/mask/run_mask.h"
#include "volseg/mask/run_text.h"
#include "volseg/volume/formats.h"

namespace volseg::dataset::internal {

namespace {

using RunsOfClass = std::map<std::string, mask::RunMask>;

// Joins two masks without common voxels.
void join(mask::RunMask& target, const mask::RunMask& more) {
  std::vector<mask::Run> runs;
  std::ranges::merge(target.runs, more.runs, std::back_inserter(runs), {}, &mask::Run::start,
                     &mask::Run::start);
  target.runs.clear();
  for (const mask::Run& run : runs) {
    const bool touches =
        !target.runs.empty() && target.runs.back().start + target.runs.back().length == run.start;
    if (touches) {
      target.runs.back().length += run.length;
    } else {
      target.runs.push_back(run);
    }
  }
}

class CasePacker {
 public:
  CasePacker(const PackCase& one, const std::map<int32_t, std::string>& label_names)
      : case_(one), label_names_(label_names) {}

  PackedCase pack(const std::filesystem::path& converted_folder) {
    packed_.image = case_.image.filename().string();
    packed_.source = case_.image;
    if (converted_folder.empty()) {
      take_header(volume::read_volume(case_.image).header);
    } else {
      convert(converted_folder);
    }
    for (const LabelFile& label : case_.labels) {
      read_label(label);
    }
    for (const auto& [class_name, mask] : runs_) {
      packed_.text_of_class[class_name] = mask::format_runs(mask);
    }
    return std::move(packed_);
  }

 private:
  void take_header(const volume::Header& header) {
    geometry_ = header.geometry;
    packed_.shape = header.shape;
    if (geometry_.known) {
      packed_.spacing_mm = geometry_.spacing_mm;
    }
  }

  void convert(const std::filesystem::path& folder) {
    const volume::Volume image = volume::read_volume(case_.image);
    take_header(image.header);
    packed_.image = case_.name + std::string(volume::extension_of(volume::FileFormat::kNpy));
    if (volume::format_of_name(case_.image.filename().string()) == volume::FileFormat::kNpy) {
      return;
    }
    packed_.source = folder / packed_.image;
    const core::Buffer bytes = volume::encode_volume(image, volume::FileFormat::kNpy);
    core::write_file(packed_.source, bytes.bytes(), core::Overwrite::kNo);
  }

  void compare(const volume::Header& header, const std::string& label) {
    if (header.shape != packed_.shape) {
      throw Error(
          ErrorKind::kShape, "dataset.pack",
          fmt::format("{}: shape {}; its image {} has {}; make the labels on the grid of the image",
                      label, core::to_string(header.shape), case_.image.string(),
                      core::to_string(packed_.shape)));
    }
    if (!header.geometry.known) {
      return;
    }
    if (geometry_.known && !volume::same_geometry(header.geometry, geometry_)) {
      throw Error(
          ErrorKind::kShape, "dataset.pack",
          fmt::format("{}: {}; its image {} has {}; make the labels on the grid of the image",
                      label, volume::to_string(header.geometry), case_.image.string(),
                      volume::to_string(geometry_)));
    }
    if (!packed_.spacing_mm) {
      packed_.spacing_mm = header.geometry.spacing_mm;
    }
  }

  void read_label(const LabelFile& label) {
    const std::string name = label.path.string();
    const core::Array<int32_t> labels = [&] {
      const volume::Volume volume = volume::read_volume(label.path);
      compare(volume.header, name);
      return volume::to_labels(volume, name);
    }();
    if (label.class_name.empty()) {
      take_label_map(mask::encode_labels(labels.view()), name);
    } else {
      take_class(label.class_name, mask::encode<int32_t>(labels.view()), name);
    }
  }

  void refuse_negative(const std::vector<mask::LabelRuns>& found, const std::string& name) const {
    for (const mask::LabelRuns& one : found) {
      if (one.label < 0 && !label_names_.contains(one.label)) {
        throw Error(ErrorKind::kFormat, "dataset.pack",
                    fmt::format("{}: label {} is negative; expected labels from 0; set these "
                                "voxels to 0, or name the label in the label names",
                                name, one.label));
      }
    }
  }

  void take_label_map(std::vector<mask::LabelRuns> found, const std::string& name) {
    refuse_negative(found, name);
    std::vector<int32_t> unknown;
    for (mask::LabelRuns& one : found) {
      const auto known = label_names_.find(one.label);
      if (known == label_names_.end() && !label_names_.empty()) {
        unknown.push_back(one.label);
        continue;
      }
      const std::string class_name =
          known == label_names_.end() ? fmt::format("label_{}", one.label) : known->second;
      packed_.value_of_class.try_emplace(class_name, one.label);
      const auto [runs, is_new] = runs_.try_emplace(class_name, std::move(one.mask));
      if (!is_new) {
        join(runs->second, one.mask);
      }
    }
    if (!unknown.empty()) {
      throw Error(ErrorKind::kFormat, "dataset.pack",
                  fmt::format("{}: labels {} have no name; add them to the label names", name,
                              fmt::join(unknown, ", ")));
    }
  }

  void take_class(const std::string& class_name, mask::RunMask mask, const std::string& name) {
    const bool known =
        label_names_.empty() || std::ranges::any_of(label_names_, [&](const auto& entry) {
          return entry.second == class_name;
        });
    if (!known) {
      throw Error(ErrorKind::kFormat, "dataset.pack",
                  fmt::format("{}: class {} is not among the label names", name, class_name));
    }
    runs_.emplace(class_name, std::move(mask));
  }

  const PackCase& case_;
  const std::map<int32_t, std::string>& label_names_;
  PackedCase packed_;
  volume::Geometry geometry_;
  RunsOfClass runs_;
};

}  // namespace

PackedCase pack_case(const PackCase& one, const std::map<int32_t, std::string>& label_names,
                     const std::filesystem::path& converted_folder) {
  return CasePacker(one, label_names).pack(converted_folder);
}

}  // namespace volseg::dataset::internal
