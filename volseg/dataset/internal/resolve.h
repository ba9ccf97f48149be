// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string>
#include <vector>

#include "volseg/archive/archive.h"
#include "volseg/dataset/dataset.h"
#include "volseg/dataset/import_settings.h"
#include "volseg/dataset/internal/finding_sink.h"

namespace volseg::dataset::internal {

inline constexpr std::array kParts = {Part::kTrain, Part::kValidation, Part::kTest};

/// Masks of a row whose lists do not fit the dataset's classes, kept so that their texts are
/// checked as well.
struct OddMasks {
  Part part = Part::kTrain;
  int64_t number = 0;
  std::vector<std::string> class_names;  ///< as the row lists them
  std::vector<std::string> run_texts;
};

/// A dataset with its settings detected and its rows read and placed in the archive.
struct Resolved {
  ImportSettings settings;
  std::vector<std::string> detected;
  std::vector<std::string> warnings;
  std::vector<std::string> class_names;
  std::string group_column;  ///< of Row::group: the setting's, else `group`, or none
  std::array<std::string, 3> table_members;  ///< by part; empty: no such table
  std::array<std::vector<Row>, 3> rows;      ///< by part; Row::member is empty when not found
  std::vector<OddMasks> odd_masks;

  [[nodiscard]] const std::string& table_of(Part part) const {
    return table_members[static_cast<size_t>(part)];
  }
  [[nodiscard]] const std::vector<Row>& rows_of(Part part) const {
    return rows[static_cast<size_t>(part)];
  }
};

/// How Archive::open treats other bytes around a zip.
[[nodiscard]] archive::ExtraBytes extra_bytes_of(const ImportSettings& settings);

/// Detects what `settings` leaves empty, reads the tables and finds the images. Defects go to
/// `sink`; when it does not throw, as much as can be read is returned.
[[nodiscard]] Resolved resolve(const archive::Archive& archive, const ImportSettings& settings,
                               FindingSink& sink);

}  // namespace volseg::dataset::internal
