// SPDX-License-Identifier: Apache-2.0
#include "volseg/dataset/internal/pack_case.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "volseg/core/error.h"
#include "volseg/dataset/internal/pack_channels.h"
#include "volseg/dataset/internal/pack_reach.h"
#include "volseg/dataset/internal/pack_resample.h"
#include "volseg/dataset/internal/pack_segments.h"
#include "volseg/mask/run_mask.h"
#include "volseg/mask/run_text.h"
#include "volseg/mask/set_algebra.h"
#include "volseg/volume/formats.h"

namespace volseg::dataset::internal {

namespace {

using volume::FileFormat;
using RunsOfClass = std::map<std::string, mask::RunMask>;

constexpr std::string_view kWayOut =
    "make the labels on the grid of the image, or give --resample-masks for the nearest voxels";

std::string file_name_of(const PackCase& one) {
  return one.row == nullptr ? one.images.front().filename().string() : one.row->image;
}

// The format that the image is written in; none when its file is taken as it is.
std::optional<FileFormat> converted_format(const PackCase& one,
                                           std::optional<FileFormat> images_as) {
  const std::optional<FileFormat> own = volume::format_of_name(file_name_of(one));
  const bool fits = own == images_as || (own == FileFormat::kNifti &&  //
                                         images_as == FileFormat::kNiftiGz);
  if (images_as && (!fits || one.images.size() > 1)) {
    return images_as;
  }
  if (one.images.size() > 1) {
    return own == FileFormat::kNpy ? FileFormat::kNpy : FileFormat::kNiftiGz;
  }
  const bool is_dicom = own == FileFormat::kDicom;
  if (is_dicom || (one.row == nullptr && !volume::is_single_file(one.images[0]))) {
    return images_as.value_or(FileFormat::kNiftiGz);
  }
  return std::nullopt;
}

class CasePacker {
 public:
  CasePacker(const PackCase& one, const CaseSettings& settings) : case_(one), settings_(settings) {}

  PackedCase pack() {
    packed_.image = image_name_of(case_, settings_.images_as);
    take_image(read_image());
    if (case_.row != nullptr) {
      take_row(*case_.row);
      return std::move(packed_);
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
  volume::Volume read_image() {
    if (case_.row != nullptr) {
      return settings_.dataset->load_volume(*case_.row);
    }
    const volume::ReadOptions options{.channel_axis = settings_.channel_axis,
                                      .series = settings_.series};
    return case_.images.size() > 1 ? join_channels(case_.images, options, packed_.warnings)
                                   : volume::read_volume(case_.images[0], options);
  }

  void take_image(volume::Volume image) {
    image_ = image.header;
    packed_.shape = image.header.shape;
    take_spacing(image.header.geometry);
    const auto format = converted_format(case_, settings_.images_as);
    if (format) {
      warn(case_.image_text(), image_.notes);
      keep_bytes(volume::encode_volume(image, *format));
    } else if (case_.row != nullptr) {
      image.data = core::Buffer();
      const archive::Archive& archive = settings_.dataset->archive();
      keep_bytes(archive.read(*archive.find(case_.row->member)));
    } else {
      packed_.source = case_.images[0];
    }
  }

  // Where the file itself is kept, `check` finds its oddities.
  void warn(const std::string& name, const std::vector<std::string>& notes) {
    for (const std::string& note : notes) {
      packed_.warnings.push_back(name + ": " + note);
    }
  }

  void take_spacing(volume::Geometry& geometry) {
    const auto& given = case_.spacing_mm;
    if (!geometry.known && given) {
      geometry.known = true;
      geometry.spacing_mm = *given;
      geometry.nifti = volume::NiftiForms{.pixdim = *given};
    }
    if (given && !same_spacing(*given, geometry.spacing_mm)) {
      throw Error(
          ErrorKind::kShape, "dataset.pack",
          fmt::format("{}: spacing {} mm; its row of the table says {} mm", case_.image_text(),
                      fmt::join(geometry.spacing_mm, " x "), fmt::join(*given, " x ")));
    }
    if (geometry.known) {
      packed_.spacing_mm = geometry.spacing_mm;
    }
  }

  static bool same_spacing(const std::array<double, 3>& first,
                           const std::array<double, 3>& second) {
    constexpr double kAgreement = 1e-3;
    return std::ranges::equal(first, second, [](double one, double other) {
      return std::abs(one - other) <= kAgreement * std::min(one, other);
    });
  }

  void keep_bytes(const core::Buffer& bytes) {
    if (converted_format(case_, settings_.images_as) == FileFormat::kNpy) {
      check_channel_axis(bytes);
    }
    packed_.source = settings_.folder / packed_.image;
    core::write_file(packed_.source, bytes.bytes(), core::Overwrite::kNo);
  }

  // A reader of the dataset has to find the channel axis by itself.
  void check_channel_axis(const core::Buffer& bytes) const {
    try {
      static_cast<void>(volume::read_header(bytes.bytes(), packed_.image));
    } catch (const Error& error) {
      throw Error(ErrorKind::kUnsupported, "dataset.pack",
                  error.message() + "; give --images-as nifti");
    }
  }

  void take_row(const Row& row) {
    if (!row.has_masks) {
      return;
    }
    const std::vector<mask::RunMask> masks = settings_.dataset->load_masks(row, packed_.shape);
    for (size_t index = 0; index < masks.size(); ++index) {
      std::string text = mask::format_runs(masks[index]);
      const bool canonical = text == row.run_texts[index];
      packed_.texts_not_canonical += canonical || settings_.recanonicalise ? 0 : 1;
      std::string& kept = packed_.text_of_class[settings_.dataset->class_names()[index]];
      kept = row.run_texts[index];
      if (settings_.recanonicalise) {
        kept = std::move(text);
      }
    }
  }

  [[noreturn]] void refuse_grid(const std::string& label, const std::string& found,
                                const std::string& expected, std::string_view way_out) const {
    throw Error(ErrorKind::kShape, "dataset.pack",
                fmt::format("{}: {}; its image {} has {}; {}", label, found, case_.image_text(),
                            expected, way_out));
  }

  bool is_on_grid(const volume::Header& header) const {
    return header.shape == packed_.shape &&
           !(header.geometry.known && image_.geometry.known &&
             !volume::same_geometry(header.geometry, image_.geometry));
  }

  void refuse_other_grid(const volume::Header& header, const std::string& label) const {
    if (settings_.resample_masks) {
      refuse_grid(label, volume::to_string(header.geometry), volume::to_string(image_.geometry),
                  "--resample-masks needs the geometry of both");
    }
    if (header.shape != packed_.shape) {
      refuse_grid(label, "shape " + core::to_string(header.shape), core::to_string(packed_.shape),
                  kWayOut);
    }
    refuse_grid(label, volume::to_string(header.geometry), volume::to_string(image_.geometry),
                kWayOut);
  }

  [[nodiscard]] std::string name_of_label(int32_t label, const std::string& class_name) const {
    const auto known = settings_.label_names.find(label);
    const bool has_name = !class_name.empty() || known != settings_.label_names.end();
    return has_name ? "class " + (class_name.empty() ? known->second : class_name)
                    : fmt::format("label {}", label);
  }

  void judge(const ReachOfName& reaches, const volume::Header& grid, const std::string& name) {
    ++packed_.resampled_labels;
    const std::string image = case_.image_text();
    for (std::string& warning : judge_reach(reaches, {name, grid, image, image_})) {
      packed_.warnings.push_back(std::move(warning));
    }
  }

  core::Array<int32_t> labels_on_grid(const std::string& name, const LabelFile& file) {
    const volume::Volume volume = volume::read_volume(file.path);
    const volume::Header& header = volume.header;
    core::Array<int32_t> labels = volume::to_labels(volume, name);
    if (is_on_grid(header)) {
      if (header.geometry.known && !packed_.spacing_mm) {
        packed_.spacing_mm = header.geometry.spacing_mm;
      }
      return labels;
    }
    if (!settings_.resample_masks || !header.geometry.known || !image_.geometry.known) {
      refuse_other_grid(header, name);
    }
    const core::ArrayView<const int32_t> view = std::as_const(labels).view();
    core::Array<int32_t> resampled =
        resample_nearest(view, header.geometry, packed_.shape, image_.geometry);
    ReachOfName reaches;
    for (const auto& [label, reach] :
         reach_of(view, header.geometry, std::as_const(resampled).view(), image_.geometry)) {
      reaches[name_of_label(label, file.class_name)] += reach;
    }
    judge(reaches, header, name);
    return resampled;
  }

  void read_label(const LabelFile& label) {
    const std::string name = label.path.string();
    const auto segmentations = volume::read_segmentations(
        label.path, {.threshold_fraction = settings_.fraction_threshold});
    for (const volume::Segmentation& segmentation : segmentations) {
      take_segmentation(segmentation, label.class_name);
    }
    if (!segmentations.empty()) {
      return;
    }
    const core::Array<int32_t> labels = labels_on_grid(name, label);
    if (label.class_name.empty()) {
      take_label_map(mask::encode_labels(labels.view()), name);
    } else {
      take_class(label.class_name, mask::encode<int32_t>(labels.view()), name);
    }
  }

  void take_segmentation(const volume::Segmentation& segmentation, const std::string& only) {
    warn(segmentation.name(), segmentation.notes());
    if (const auto shared = shared_labels(segmentation)) {
      warn(segmentation.name(), {*shared});
    }
    const bool of_another = image_.dicom != nullptr && !segmentation.image_series().empty() &&
                            segmentation.image_series() != image_.dicom->series;
    if (of_another) {
      warn(segmentation.name(), {"was made for another series than " + case_.image_text()});
    }
    std::vector<ClassRuns> classes = segments_on_grid(segmentation);
    if (!only.empty() && classes.size() > 1) {
      std::erase_if(classes, [&](const ClassRuns& one) { return one.class_name != only; });
    }
    if (classes.empty()) {
      throw Error(ErrorKind::kFormat, "dataset.pack",
                  fmt::format("{}: no segment is called {}; its segments are {}",
                              segmentation.name(), only, names_of(segmentation)));
    }
    for (ClassRuns& one : classes) {
      const std::string& class_name = only.empty() ? one.class_name : only;
      packed_.value_of_class.try_emplace(class_name, static_cast<int32_t>(one.number));
      take_class(class_name, std::move(one.mask), segmentation.name());
    }
  }

  static std::string names_of(const volume::Segmentation& segmentation) {
    std::vector<std::string> names;
    for (const volume::Segment& segment : segmentation.segments()) {
      names.push_back(segment.label);
    }
    return listed(names);
  }

  std::vector<ClassRuns> segments_on_grid(const volume::Segmentation& segmentation) {
    const std::optional<std::string> misfit = segmentation.misfit(image_);
    if (!misfit) {
      return masks_on(segmentation, image_);
    }
    const volume::Geometry& own = segmentation.grid().geometry;
    const bool both_known = own.known && image_.geometry.known;
    if (settings_.resample_masks && both_known) {
      std::vector<ClassRuns> classes = masks_resampled(segmentation, image_);
      ReachOfName reaches;
      for (const ClassRuns& one : classes) {
        reaches["class " + one.class_name] += one.reach;
      }
      judge(reaches, segmentation.grid(), segmentation.name());
      return classes;
    }
    const core::Shape3& shape = segmentation.grid().shape;
    const std::string found = fmt::format("{}; it has slices of {} x {} pixels, {}", *misfit,
                                          shape[0], shape[1], volume::to_string(own));
    refuse_grid(segmentation.name(), found,
                fmt::format("{} voxels, {}", core::to_string(image_.shape),
                            volume::to_string(image_.geometry)),
                settings_.resample_masks ? "--resample-masks needs the geometry of both" : kWayOut);
  }

  void refuse_negative(const std::vector<mask::LabelRuns>& found, const std::string& name) const {
    for (const mask::LabelRuns& one : found) {
      if (one.label < 0 && !settings_.label_names.contains(one.label)) {
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
      const auto known = settings_.label_names.find(one.label);
      if (known == settings_.label_names.end() && !settings_.label_names.empty()) {
        unknown.push_back(one.label);
        continue;
      }
      const std::string class_name =
          known == settings_.label_names.end() ? fmt::format("label_{}", one.label) : known->second;
      packed_.value_of_class.try_emplace(class_name, one.label);
      const auto [runs, is_new] = runs_.try_emplace(class_name, std::move(one.mask));
      if (!is_new) {
        runs->second = mask::union_of(runs->second, one.mask);
      }
    }
    if (!unknown.empty()) {
      throw Error(ErrorKind::kFormat, "dataset.pack",
                  fmt::format("{}: labels {} have no name; add them to the label names", name,
                              fmt::join(unknown, ", ")));
    }
  }

  void take_class(const std::string& class_name, mask::RunMask&& mask, const std::string& name) {
    const auto& names = settings_.label_names;
    const bool known = names.empty() || std::ranges::any_of(names, [&](const auto& entry) {
                         return entry.second == class_name;
                       });
    if (!known) {
      throw Error(ErrorKind::kFormat, "dataset.pack",
                  fmt::format("{}: class {} is not among the label names", name, class_name));
    }
    const auto [runs, is_new] = runs_.try_emplace(class_name, std::move(mask));
    if (!is_new) {
      runs->second = mask::union_of(runs->second, mask);
    }
  }

  const PackCase& case_;
  const CaseSettings& settings_;
  PackedCase packed_;
  volume::Header image_;
  RunsOfClass runs_;
};

}  // namespace

std::string image_name_of(const PackCase& one, std::optional<FileFormat> images_as) {
  const auto format = converted_format(one, images_as);
  const std::string file = file_name_of(one);
  return one.name + (format ? std::string(volume::extension_of(*format))
                            : file.substr(volume::stem_of_name(file).size()));
}

bool needs_folder(const PackCase& one, std::optional<FileFormat> images_as) {
  return one.row != nullptr || converted_format(one, images_as).has_value();
}

PackedCase pack_case(const PackCase& one, const CaseSettings& settings) {
  return CasePacker(one, settings).pack();
}

}  // namespace volseg::dataset::internal
