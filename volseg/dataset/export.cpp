// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "volseg/core/error.h"
#include "volseg/dataset/dataset.h"
#include "volseg/dataset/internal/export_masks.h"
#include "volseg/dataset/internal/pack_csv.h"
#include "volseg/dataset/internal/resolve.h"
#include "volseg/dataset/pack.h"
#include "volseg/volume/formats.h"

namespace volseg::dataset {

namespace {

namespace fs = std::filesystem;

class PairExporter {
 public:
  PairExporter(const Dataset& dataset, fs::path folder, const ExportOptions& options)
      : dataset_(dataset), folder_(std::move(folder)), options_(options) {}

  void run() {
    for (const Part part : internal::kParts) {
      if (!dataset_.rows(part).empty()) {
        prepare(part);
      }
    }
    spacing_texts_.resize(rows_.size());
    core::for_each_reported(options_.work, "export", std::ssize(rows_), "cases",
                            [&](int64_t index) { export_row(static_cast<size_t>(index)); });
    write_table();
  }

 private:
  [[nodiscard]] bool has_file_for_each_class(Part part) const {
    return overlapping_[static_cast<size_t>(part)];
  }

  void prepare(Part part) {
    const fs::path folder = folder_ / name_of(part);
    overlapping_[static_cast<size_t>(part)] =
        internal::find_shared_voxels(dataset_, part, options_.work).has_value();
    internal::make_export_folder(folder / "images");
    if (dataset_.rows(part)[0].has_masks) {
      internal::make_export_folder(folder / "labels");
      for (size_t index = 0; index < dataset_.class_names().size(); ++index) {
        if (has_file_for_each_class(part)) {
          internal::make_export_folder(folder / "labels" / folder_of_class(index));
        }
      }
      write_label_names(folder);
    }
    for (const Row& row : dataset_.rows(part)) {
      rows_.push_back(&row);
    }
  }

  void write_label_names(const fs::path& folder) const {
    nlohmann::ordered_json names;
    for (size_t index = 0; index < dataset_.class_names().size(); ++index) {
      names[std::to_string(index + 1)] = dataset_.class_names()[index];
    }
    core::write_text(
        folder / "label_names.json",
        names.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n",
        core::Overwrite::kNo);
  }

  [[nodiscard]] std::string folder_of_class(size_t index) const {
    const std::string& name = dataset_.class_names()[index];
    return core::is_plain_file_name(name) ? name : fmt::format("class_{}", index + 1);
  }

  [[nodiscard]] volume::FileFormat format() const {
    return options_.format == ExportFormat::kNpy ? volume::FileFormat::kNpy
                                                 : volume::FileFormat::kNiftiGz;
  }

  [[nodiscard]] std::string label_name(const Row& row) const {
    return row.name + std::string(volume::extension_of(format()));
  }

  [[nodiscard]] bool is_converted(const Row& row) const {
    return options_.convert_images && volume::format_of_name(row.image) != format();
  }

  [[nodiscard]] std::string image_name(const Row& row) const {
    return is_converted(row) ? label_name(row) : row.image;
  }

  void export_row(size_t index) {
    const Row& row = *rows_[index];
    const fs::path folder = folder_ / name_of(row.part);
    const volume::Header header = write_image(index, folder / "images" / image_name(row));
    if (!row.has_masks) {
      return;
    }
    const std::vector<mask::RunMask> masks = dataset_.load_masks(row, header.shape);
    if (!has_file_for_each_class(row.part)) {
      internal::write_label_map(masks, header, folder / "labels" / label_name(row));
      return;
    }
    for (size_t one = 0; one < masks.size(); ++one) {
      internal::write_mask(masks[one], header,
                           folder / "labels" / folder_of_class(one) / label_name(row));
    }
  }

  // The image is read whole even when its bytes are kept, so that a damaged one is refused. The
  // spacing goes to the table where the written file has none.
  volume::Header write_image(size_t index, const fs::path& path) {
    const Row& row = *rows_[index];
    const volume::Volume image = dataset_.load_volume(row);
    bool has_geometry = format() != volume::FileFormat::kNpy;
    if (is_converted(row)) {
      volume::write_volume(path, image, core::Overwrite::kNo);
    } else {
      const core::Buffer bytes = internal::image_bytes_of(dataset_, row);
      has_geometry = volume::read_header(bytes.bytes(), row.member,
                                         {.channel_axis = dataset_.settings().channel_axis})
                         .geometry.known;
      core::write_file(path, bytes.bytes(), core::Overwrite::kNo);
    }
    if (!has_geometry && image.header.geometry.known) {
      spacing_texts_[index] = fmt::format("{}", fmt::join(image.header.geometry.spacing_mm, " "));
    }
    return image.header;
  }

  void write_table() const {
    std::vector<std::string> columns = {"image", "label"};
    const bool by_class = overlapping_[0] || overlapping_[1] || overlapping_[2];
    for (const std::string& name : dataset_.class_names()) {
      if (by_class) {
        columns.push_back("label:" + name);
      }
    }
    columns.insert(columns.end(), {"fold", "group", "part", "spacing"});
    std::string text = internal::csv_line(columns);
    for (size_t index = 0; index < rows_.size(); ++index) {
      text += internal::csv_line(table_row(index, by_class));
    }
    core::write_text(folder_ / "cases.csv", text, core::Overwrite::kNo);
  }

  [[nodiscard]] std::vector<std::string> table_row(size_t index, bool by_class) const {
    const Row& row = *rows_[index];
    const std::string part(name_of(row.part));
    const bool each_class = has_file_for_each_class(row.part);
    std::vector<std::string> fields = {
        part + "/images/" + image_name(row),
        row.has_masks && !each_class ? part + "/labels/" + label_name(row) : ""};
    for (size_t one = 0; by_class && one < dataset_.class_names().size(); ++one) {
      fields.push_back(row.has_masks && each_class
                           ? part + "/labels/" + folder_of_class(one) + "/" + label_name(row)
                           : "");
    }
    fields.insert(fields.end(), {row.fold, row.group, part, spacing_texts_[index]});
    return fields;
  }

  const Dataset& dataset_;
  fs::path folder_;
  const ExportOptions& options_;
  std::array<bool, 3> overlapping_{};
  std::vector<const Row*> rows_;
  std::vector<std::string> spacing_texts_;
};

}  // namespace

std::vector<std::string> export_dataset(const fs::path& input, const fs::path& output,
                                        const ExportOptions& options) {
  core::check_output(output, options.overwrite);
  const Dataset dataset = Dataset::open(input, options.import_settings);
  core::OutputFolder target(output, options.overwrite);
  std::vector<std::string> remarks;
  if (options.format == ExportFormat::kNnunet) {
    remarks = internal::export_nnunet(dataset, target.temporary_path(), options);
  } else {
    PairExporter(dataset, target.temporary_path(), options).run();
  }
  target.commit();
  return remarks;
}

}  // namespace volseg::dataset
