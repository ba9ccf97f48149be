// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "volseg/archive/archive.h"
#include "volseg/core/array.h"
#include "volseg/dataset/import_settings.h"
#include "volseg/mask/run_mask.h"
#include "volseg/volume/volume.h"

namespace volseg::dataset {

/// Which table a row comes from.
enum class Part { kTrain, kValidation, kTest };
/// "train", "validation" or "test".
[[nodiscard]] std::string_view name_of(Part part);

/// One row of a table: an image and, except in test tables without them, one text per class.
struct Row {
  Part part = Part::kTrain;
  int64_t number = 0;  ///< row of its table, from 0
  std::string name;    ///< image file name without image extension
  std::string image;   ///< as the table says
  std::string member;  ///< full member name in the archive
  bool has_masks = false;
  std::vector<std::string> run_texts;  ///< in the order of Dataset::class_names()
  std::string fold;                    ///< empty without a fold column
  std::string group;  ///< of the group fold column, else of a column `group`; empty without one
  std::optional<core::Shape3> shape;                ///< column `shape` when present
  std::optional<std::array<double, 3>> spacing_mm;  ///< column `spacing_mm` when present
};

/// One training/validation split: indices into rows(kTrain), or all training rows against
/// rows(kValidation) for a custom holdout.
struct Split {
  std::string name;  ///< fold value, or "holdout"
  std::vector<const Row*> training;
  std::vector<const Row*> validation;
};

/// A dataset in the Hydrogen Torch format, opened and resolved; immutable, safe to share by
/// threads.
class Dataset {
 public:
  /// Opens a zip or folder, detects what `settings` leaves empty, and reads the tables.
  /// @throws Error on the first defect that stops use: no table, several candidates (listed),
  /// missing
  ///         column, lists of unequal length, an image that is not in the archive
  static Dataset open(const std::filesystem::path& path, const ImportSettings& settings = {});

  Dataset(Dataset&&) noexcept;
  Dataset& operator=(Dataset&&) noexcept;
  ~Dataset();

  /// Settings with every detected value filled in.
  [[nodiscard]] const ImportSettings& settings() const;
  /// One line per detected value, such as "train_dataframe: train.pq (the only table named train)".
  [[nodiscard]] const std::vector<std::string>& detected() const;
  /// Things a user should know that do not stop use, such as classes listed in another order.
  [[nodiscard]] const std::vector<std::string>& warnings() const;
  [[nodiscard]] const std::vector<std::string>& class_names() const;
  [[nodiscard]] const std::vector<Row>& rows(Part part) const;
  /// The row whose name or image is `name`, looked up in all parts. @throws Error(kNotFound)
  /// listing near names
  [[nodiscard]] const Row& row(std::string_view name) const;
  [[nodiscard]] const archive::Archive& archive() const;
  [[nodiscard]] const std::filesystem::path& path() const;

  /// The image of a row; spacing from the table's column when the file has no geometry.
  /// @throws Error naming member and reason
  [[nodiscard]] volume::Volume load_volume(const Row& row) const;
  /// Header only; cheap for .npy and NIfTI.
  [[nodiscard]] volume::Header load_header(const Row& row) const;
  /// One mask per class, in the order of class_names(); texts are read against `shape`.
  /// @throws Error(kFormat) naming table, row, column, class, byte offset
  [[nodiscard]] std::vector<mask::RunMask> load_masks(const Row& row,
                                                      const core::Shape3& shape) const;

  /// Folds by the validation strategy: the fold column's values in order (numbers as numbers), else
  /// a custom holdout when there is a validation table, else 5 seeded folds (fewer when there are
  /// fewer rows) that share rows and classes evenly and keep groups together where there is a group
  /// column. One row validates on itself, and a warning says so.
  [[nodiscard]] std::vector<Split> splits() const;

 private:
  struct State;
  explicit Dataset(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace volseg::dataset
