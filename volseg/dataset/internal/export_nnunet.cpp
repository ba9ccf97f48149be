// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "volseg/core/error.h"
#include "volseg/core/files.h"
#include "volseg/core/text.h"
#include "volseg/dataset/internal/export_masks.h"
#include "volseg/dataset/internal/finding_catalogue.h"
#include "volseg/dataset/internal/make_splits.h"
#include "volseg/dataset/internal/pack_channel_names.h"
#include "volseg/dataset/internal/pack_channels.h"
#include "volseg/dataset/internal/resolve.h"
#include "volseg/volume/formats.h"

namespace volseg::dataset::internal {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr const char* kEnding = ".nii.gz";

[[noreturn]] void refuse(ErrorKind kind, const std::string& message) {
  throw Error(kind, "dataset.export", printable(message, 2000));
}

std::vector<std::string> names_of(const std::vector<const Row*>& rows) {
  std::vector<std::string> names;
  for (const Row* row : rows) {
    names.push_back(row->name);
  }
  std::ranges::sort(names);
  return names;
}

class NnunetExporter {
 public:
  NnunetExporter(const Dataset& dataset, fs::path folder, const ExportOptions& options)
      : dataset_(dataset), folder_(std::move(folder)), options_(options) {}

  std::vector<std::string> run() {
    check_names();
    check_overlaps();
    read_channels();
    const Json splits = splits_json();
    write_cases();
    write_json("dataset.json", dataset_json());
    if (!splits.empty()) {
      write_json("splits_final.json", splits);
    }
    return std::move(warnings_);
  }

 private:
  [[nodiscard]] const std::vector<Row>& rows(Part part) const { return dataset_.rows(part); }

  void check_names() const {
    std::set<std::string> names;
    for (const Part part : {Part::kTrain, Part::kValidation}) {
      for (const Row& row : rows(part)) {
        if (!names.insert(row.name).second) {
          refuse(ErrorKind::kUnsupported,
                 fmt::format("case {} is in the training and in the validation table; imagesTr "
                             "holds both, rename one",
                             in_quotes(row.name)));
        }
      }
    }
    const auto is_background = [](const std::string& name) { return name == "background"; };
    if (std::ranges::any_of(dataset_.class_names(), is_background)) {
      refuse(ErrorKind::kUnsupported,
             "a class is named background, which is label 0 of nnU-Net; use --format nifti");
    }
  }

  void check_overlaps() const {
    for (const Part part : kParts) {
      const auto shared = find_shared_voxels(dataset_, part, options_.work);
      if (shared) {
        refuse(ErrorKind::kUnsupported,
               fmt::format("{} case {}: classes {} and {} share {}; an nnU-Net folder holds one "
                           "label for each voxel; use --format nifti, which writes one file for "
                           "each class",
                           name_of(part), in_quotes(shared->row->name),
                           in_quotes(dataset_.class_names()[shared->first]),
                           in_quotes(dataset_.class_names()[shared->second]),
                           core::counted(shared->voxels, "voxel")));
      }
    }
  }

  void read_channels() {
    for (const Part part : kParts) {
      for (const Row& row : rows(part)) {
        const int64_t channels = dataset_.load_header(row).channels;
        channels_ = channels_ == 0 ? channels : channels_;
        if (channels != channels_) {
          refuse(ErrorKind::kUnsupported,
                 fmt::format("{}: {}, others have {}; nnU-Net needs the same of all", row.member,
                             core::counted(channels, "channel"), channels_));
        }
      }
    }
    const auto given = std::ssize(options_.channel_names);
    if (given > 0 && given != channels_) {
      refuse(ErrorKind::kUsage,
             fmt::format("{} for {}; give one for each", core::counted(given, "channel name"),
                         core::counted(channels_, "channel")));
    }
  }

  Json dataset_json() const {
    Json json;
    json["channel_names"] = Json::object();
    for (int64_t channel = 0; channel < channels_; ++channel) {
      const auto index = static_cast<size_t>(channel);
      json["channel_names"][std::to_string(channel)] =
          options_.channel_names.empty()
              ? (channels_ == 1 ? "image" : fmt::format("channel_{}", channel))
              : options_.channel_names[index];
    }
    json["labels"] = {{"background", 0}};
    for (size_t index = 0; index < dataset_.class_names().size(); ++index) {
      json["labels"][dataset_.class_names()[index]] = index + 1;
    }
    json["numTraining"] = rows(Part::kTrain).size() + rows(Part::kValidation).size();
    json["file_ending"] = kEnding;
    return json;
  }

  // Folds or a holdout, in the form that nnU-Net reads from its folder of prepared data.
  Json splits_json() {
    const auto strategy = options_.import_settings.validation_strategy;
    const std::vector<std::string> folds = sorted_folds(rows(Part::kTrain));
    const bool has_table = !rows(Part::kValidation).empty();
    const bool by_table = has_table && strategy == ValidationStrategy::kCustomHoldout;
    if (!folds.empty() && has_table && !by_table) {
      refuse(ErrorKind::kUnsupported,
             "there are folds and a validation table; splits_final.json holds one of them; give "
             "--validation-strategy custom_holdout, or use --format nifti");
    }
    if (!dataset_.settings().group_fold_column.empty()) {
      warnings_.emplace_back("groups are not kept; nnU-Net has none");
    }
    return has_table ? holdout_json() : folds_json(folds);
  }

  Json holdout_json() const {
    std::vector<const Row*> training;
    std::vector<const Row*> validation;
    for (const Row& row : rows(Part::kTrain)) {
      training.push_back(&row);
    }
    for (const Row& row : rows(Part::kValidation)) {
      validation.push_back(&row);
    }
    return Json::array({Json{{"train", names_of(training)}, {"val", names_of(validation)}}});
  }

  Json folds_json(const std::vector<std::string>& folds) {
    Json splits = Json::array();
    for (size_t fold = 0; fold < folds.size(); ++fold) {
      std::vector<const Row*> training;
      std::vector<const Row*> validation;
      for (const Row& row : rows(Part::kTrain)) {
        (row.fold == folds[fold] ? validation : training).push_back(&row);
      }
      splits.push_back(Json{{"train", names_of(training)}, {"val", names_of(validation)}});
      if (folds[fold] != std::to_string(fold)) {
        warnings_.push_back(
            fmt::format("fold {} becomes {}; nnU-Net numbers folds from 0", folds[fold], fold));
      }
    }
    if (folds.size() == 1) {
      warnings_.emplace_back("all cases are in one fold, which is not kept");
      return Json::array();
    }
    return splits;
  }

  void write_cases() {
    std::vector<const Row*> all;
    for (const Part part : kParts) {
      const std::string end = part == Part::kTest ? "Ts" : "Tr";
      for (const Row& row : rows(part)) {
        all.push_back(&row);
        make_export_folder(folder_ / ("images" + end));
        if (row.has_masks) {
          make_export_folder(folder_ / ("labels" + end));
        }
      }
    }
    core::for_each_reported(options_.work, "export", std::ssize(all), "cases",
                            [&](int64_t index) { write_case(*all[static_cast<size_t>(index)]); });
    if (without_geometry_ > 0) {
      warnings_.push_back(core::counted(without_geometry_, "image") +
                          " without geometry; spacing 1 x 1 x 1 mm is written");
    }
  }

  void write_case(const Row& row) {
    const std::string end = row.part == Part::kTest ? "Ts" : "Tr";
    const volume::Header header = write_image(row, folder_ / ("images" + end));
    without_geometry_ += header.geometry.known ? 0 : 1;
    if (row.has_masks) {
      write_label_map(dataset_.load_masks(row, header.shape), header,
                      folder_ / ("labels" + end) / (row.name + kEnding));
    }
  }

  volume::Header write_image(const Row& row, const fs::path& folder) const {
    const auto path = [&](int64_t channel) {
      return folder / (row.name + channel_suffix(channel) + kEnding);
    };
    const volume::Volume image = dataset_.load_volume(row);
    const bool as_it_is =
        channels_ == 1 && volume::format_of_name(row.image) == volume::FileFormat::kNiftiGz;
    if (as_it_is) {
      core::write_file(path(0), image_bytes_of(dataset_, row).bytes(), core::Overwrite::kNo);
      return image.header;
    }
    for (int64_t channel = 0; channel < channels_; ++channel) {
      volume::write_volume(path(channel), take_channel(image, channel), core::Overwrite::kNo);
    }
    return image.header;
  }

  void write_json(const std::string& name, const Json& json) const {
    core::write_text(folder_ / name,
                     json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n",
                     core::Overwrite::kNo);
  }

  const Dataset& dataset_;
  fs::path folder_;
  const ExportOptions& options_;
  int64_t channels_ = 0;
  std::atomic<int64_t> without_geometry_ = 0;
  std::vector<std::string> warnings_;
};

}  // namespace

std::vector<std::string> export_nnunet(const Dataset& dataset, const fs::path& folder,
                                       const ExportOptions& options) {
  return NnunetExporter(dataset, folder, options).run();
}

}  // namespace volseg::dataset::internal
