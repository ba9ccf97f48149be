// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <nlohmann/json.hpp>

#include "volseg/core/error.h"
#include "volseg/dataset/dataset.h"
#include "volseg/dataset/internal/mask_statistics.h"
#include "volseg/dataset/internal/resolve.h"
#include "volseg/dataset/pack.h"
#include "volseg/volume/formats.h"

namespace volseg::dataset {

namespace {

namespace fs = std::filesystem;

void make_folder(const fs::path& folder) {
  std::error_code code;
  fs::create_directories(folder, code);
  if (code) {
    throw Error(ErrorKind::kIo, "dataset.export",
                folder.string() + ": cannot be made: " + code.message());
  }
}

class Exporter {
 public:
  Exporter(const fs::path& input, const ExportOptions& options)
      : options_(options),
        dataset_(Dataset::open(input, options.import_settings)),
        pool_(options.work.threads) {}

  void run(const fs::path& output) {
    core::OutputFolder target(output, options_.overwrite);
    int64_t count = 0;
    for (const Part part : internal::kParts) {
      count += static_cast<int64_t>(dataset_.rows(part).size());
    }
    core::Progress progress(options_.work.progress, "export", count, "cases");
    for (const Part part : internal::kParts) {
      if (!dataset_.rows(part).empty()) {
        export_part(part, target.temporary_path() / name_of(part), progress);
      }
    }
    target.commit();
  }

 private:
  template <typename Work>
  void for_rows(Part part, const Work& work) const {
    const std::vector<Row>& rows = dataset_.rows(part);
    pool_.for_each(
        static_cast<int64_t>(rows.size()),
        [&](int64_t index) { work(rows[static_cast<size_t>(index)]); }, options_.work.cancel);
  }

  bool has_overlaps(Part part) const {
    std::atomic<bool> found = false;
    for_rows(part, [&](const Row& row) {
      if (found || !row.has_masks || row.run_texts.size() < 2) {
        return;
      }
      const core::Shape3 shape = row.shape ? *row.shape : dataset_.load_header(row).shape;
      if (!internal::overlaps_of(dataset_.load_masks(row, shape)).empty()) {
        found = true;
      }
    });
    return found;
  }

  void export_part(Part part, const fs::path& folder, core::Progress& progress) {
    make_folder(folder / "images");
    const bool one_file_a_class = has_overlaps(part);
    if (dataset_.rows(part)[0].has_masks) {
      make_folder(folder / "labels");
      if (one_file_a_class) {
        for (size_t index = 0; index < dataset_.class_names().size(); ++index) {
          make_folder(folder / "labels" / folder_of_class(index));
        }
      }
      write_label_names(folder);
    }
    for_rows(part, [&](const Row& row) {
      export_row(row, folder, one_file_a_class);
      progress.advance();
    });
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

  std::string folder_of_class(size_t index) const {
    const std::string& name = dataset_.class_names()[index];
    return core::is_plain_file_name(name) ? name : fmt::format("class_{}", index + 1);
  }

  void export_row(const Row& row, const fs::path& folder, bool one_file_a_class) const {
    const core::Buffer bytes = dataset_.archive().read(*dataset_.archive().find(row.member));
    core::write_file(folder / "images" / row.image, bytes.bytes(), core::Overwrite::kNo);
    if (!row.has_masks) {
      return;
    }
    const volume::Header header = dataset_.load_header(row);
    const std::vector<mask::RunMask> masks = dataset_.load_masks(row, header.shape);
    const std::string file_name = row.name + std::string(volume::extension_of(label_format()));
    core::Array<int32_t> labels(header.shape, core::Order::kFortran, 0);
    for (size_t index = 0; index < masks.size(); ++index) {
      mask::paint(masks[index], one_file_a_class ? 1 : static_cast<int32_t>(index) + 1,
                  labels.view());
      if (one_file_a_class) {
        write_labels(labels, header.geometry,
                     folder / "labels" / folder_of_class(index) / file_name);
        mask::paint(masks[index], 0, labels.view());
      }
    }
    if (!one_file_a_class) {
      write_labels(labels, header.geometry, folder / "labels" / file_name);
    }
  }

  volume::FileFormat label_format() const {
    return options_.format == ExportFormat::kNpy ? volume::FileFormat::kNpy
                                                 : volume::FileFormat::kNiftiGz;
  }

  static void write_labels(const core::Array<int32_t>& labels, const volume::Geometry& geometry,
                           const fs::path& path) {
    volume::write_volume(path, volume::from_labels(labels.view(), geometry), core::Overwrite::kNo);
  }

  const ExportOptions& options_;
  Dataset dataset_;
  core::ThreadPool pool_;
};

}  // namespace

void export_dataset(const fs::path& input, const fs::path& output, const ExportOptions& options) {
  core::check_output(output, options.overwrite);
  Exporter(input, options).run(output);
}

}  // namespace volseg::dataset
