// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <set>
#include <utility>

#include "volseg/core/error.h"
#include "volseg/core/text.h"
#include "volseg/dataset/dataset.h"
#include "volseg/score/internal/case_source.h"
#include "volseg/volume/formats.h"

namespace volseg::score::internal {

namespace {

using dataset::Part;
using dataset::Row;

class DatasetSource : public CaseSource {
 public:
  DatasetSource(const std::filesystem::path& path, const SourceSettings& settings)
      : dataset_(dataset::Dataset::open(path, settings.import_settings)), part_(settings.part) {
    if (settings.fold) {
      hold_out(*settings.fold);
      return;
    }
    for (const Part part : {Part::kTrain, Part::kValidation, Part::kTest}) {
      if (part_ == "auto" || part_ == "all" || part_ == name_of(part)) {
        add_part(part);
      }
    }
    if (rows_.empty()) {
      throw Error(ErrorKind::kNotFound, "score.open",
                  path.string() + ": no row with masks (part " + part_ + ")");
    }
    index_rows();
  }

  [[nodiscard]] std::vector<std::string> case_names() const override {
    std::vector<std::string> names;
    for (const Row* row : rows_) {
      names.push_back(row->name);
    }
    return names;
  }

  [[nodiscard]] std::vector<std::string> class_names() const override {
    return dataset_.class_names();
  }

  [[nodiscard]] LoadedCase load(const std::string& case_name) const override {
    const Row& row = row_of(case_name);
    const volume::Header header = dataset_.load_header(row);
    LoadedCase loaded{.shape = header.shape, .geometry = header.geometry};
    loaded.spacing_known = header.geometry.known || row.spacing_mm.has_value();
    if (volume::format_of_name(row.member) == volume::FileFormat::kNpy) {
      loaded.geometry.known = false;
    }
    std::vector<mask::RunMask> masks = dataset_.load_masks(row, header.shape);
    for (size_t i = 0; i < masks.size(); ++i) {
      loaded.masks.emplace(dataset_.class_names()[i], std::move(masks[i]));
    }
    return loaded;
  }

  [[nodiscard]] std::optional<volume::Volume> load_image(
      const std::string& case_name) const override {
    return dataset_.load_volume(row_of(case_name));
  }

  [[nodiscard]] std::string fold_of(const std::string& case_name) const override {
    return row_of(case_name).fold;
  }

  [[nodiscard]] std::map<int32_t, std::string> label_names() const override {
    std::map<int32_t, std::string> names;
    for (const std::string& name : dataset_.class_names()) {
      names.emplace(static_cast<int32_t>(names.size()) + 1, name);
    }
    return names;
  }

  void set_label_names(std::map<int32_t, std::string> /*names*/) override {}

  void see_other_side(const std::vector<std::string>& other_names) override {
    if (part_ != "auto") {
      return;
    }
    const std::set<std::string> others(other_names.begin(), other_names.end());
    std::set<Part> matched;
    for (const Row* row : rows_) {
      if (others.contains(row->name)) {
        matched.insert(row->part);
      }
    }
    if (!matched.empty()) {
      std::erase_if(rows_, [&](const Row* row) { return !matched.contains(row->part); });
      index_rows();
    }
  }

 private:
  [[nodiscard]] const Row& row_of(const std::string& case_name) const {
    return *row_of_case_.at(case_name);
  }

  void index_rows() {
    row_of_case_.clear();
    for (const Row* row : rows_) {
      row_of_case_.emplace(row->name, row);
    }
  }

  void hold_out(int fold) {
    const std::vector<dataset::Split> splits = dataset_.splits();
    if (fold >= std::ssize(splits)) {
      throw Error(ErrorKind::kUsage, "score.open",
                  "fold " + std::to_string(fold) + "; " + dataset_.path().string() + " has " +
                      core::counted(std::ssize(splits), "fold") + ", counted from 0");
    }
    rows_ = splits[static_cast<size_t>(fold)].validation;
    index_rows();
  }

  void add_part(Part part) {
    for (const Row& row : dataset_.rows(part)) {
      if (row.has_masks) {
        rows_.push_back(&row);
      }
    }
  }

  dataset::Dataset dataset_;
  std::string part_;
  std::vector<const Row*> rows_;
  std::map<std::string, const Row*> row_of_case_;
};

}  // namespace

std::unique_ptr<CaseSource> open_dataset_source(const std::filesystem::path& path,
                                                const SourceSettings& settings) {
  return std::make_unique<DatasetSource>(path, settings);
}

}  // namespace volseg::score::internal
