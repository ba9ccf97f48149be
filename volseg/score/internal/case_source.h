// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "volseg/core/array.h"
#include "volseg/dataset/import_settings.h"
#include "volseg/mask/run_mask.h"
#include "volseg/volume/volume.h"

namespace volseg::score::internal {

/// The masks of one case; a class without an entry is absent.
struct LoadedCase {
  core::Shape3 shape{};
  volume::Geometry geometry;   ///< known only when origin and direction are
  bool spacing_known = false;  ///< geometry.spacing_mm is not a default
  std::map<std::string, mask::RunMask> masks;
};

/// One side of a comparison: named cases with named classes. Loading is thread-safe.
class CaseSource {
 public:
  virtual ~CaseSource() = default;

  /// Case names; one may occur twice.
  [[nodiscard]] virtual std::vector<std::string> case_names() const = 0;
  /// Classes in order; empty for labels without names.
  [[nodiscard]] virtual std::vector<std::string> class_names() const = 0;
  [[nodiscard]] virtual LoadedCase load(const std::string& case_name) const = 0;

  /// Label value -> class; of a dataset, value i + 1 is class i.
  [[nodiscard]] virtual std::map<int32_t, std::string> label_names() const = 0;
  /// Names the labels of a source that has no names.
  virtual void set_label_names(std::map<int32_t, std::string> names) = 0;
  /// Tells the names of the other side, before cases are matched; again when they have changed.
  virtual void see_other_side(const std::vector<std::string>& other_names) = 0;
  /// The fold that holds a case out; empty where none is known.
  [[nodiscard]] virtual std::string fold_of(const std::string& /*case_name*/) const { return {}; }
  /// The image of a case; none where the files are label maps.
  [[nodiscard]] virtual std::optional<volume::Volume> load_image(
      const std::string& /*case_name*/) const {
    return std::nullopt;
  }
  /// The name of a case before it was matched, which does not depend on the other side.
  [[nodiscard]] virtual std::string own_name(const std::string& case_name) const {
    return case_name;
  }
  /// What a user should know of the files, a sentence each.
  [[nodiscard]] virtual std::vector<std::string> remarks() const { return {}; }
  /// Where label names were read; empty without a file.
  [[nodiscard]] virtual std::filesystem::path names_file() const { return {}; }
  /// True for one label map file, which is compared whatever its name.
  [[nodiscard]] virtual bool is_one_file() const { return false; }
};

/// How a side is opened.
struct SourceSettings {
  std::string part;  ///< train, validation, test; auto: parts with a case of the other side; all
  std::optional<int> fold;  ///< only what this fold of a dataset holds out
  std::filesystem::path label_names;
  std::optional<double> probability_threshold;  ///< of maps of probabilities
  dataset::ImportSettings import_settings;
};

/// A dataset, a folder of label maps, or one label map.
[[nodiscard]] std::unique_ptr<CaseSource> open_source(const std::filesystem::path& path,
                                                      const SourceSettings& settings);
[[nodiscard]] std::unique_ptr<CaseSource> open_dataset_source(const std::filesystem::path& path,
                                                              const SourceSettings& settings);
[[nodiscard]] std::unique_ptr<CaseSource> open_label_map_source(const std::filesystem::path& path,
                                                                const SourceSettings& settings);

}  // namespace volseg::score::internal
