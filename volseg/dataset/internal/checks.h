// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "volseg/archive/archive.h"
#include "volseg/core/work.h"
#include "volseg/dataset/findings.h"
#include "volseg/dataset/internal/finding_sink.h"
#include "volseg/dataset/internal/image_facts.h"
#include "volseg/dataset/internal/resolve.h"
#include "volseg/dataset/internal/spare_runs.h"
#include "volseg/dataset/internal/zero_based.h"
#include "volseg/mask/run_mask.h"
#include "volseg/volume/volume.h"

namespace volseg::dataset::internal {

/// Opens a dataset; an unsound archive becomes a finding and null.
/// @throws Error(kNotFound), Error(kIo)
[[nodiscard]] std::unique_ptr<archive::Archive> open_archive(const std::filesystem::path& path,
                                                             const ImportSettings& settings,
                                                             FindingSink& sink);

/// Members that the archive layer refuses.
void check_archive(const archive::Archive& archive, FindingSink& sink);

/// Class names; images and groups in two tables; folds that are missing, all the same or numbered
/// unusually; what check_splits finds.
void check_tables(const Resolved& resolved, FindingSink& sink);

/// Groups with rows in two tables.
void check_groups(const Resolved& resolved, FindingSink& sink);

/// Training and validation sets that cannot be made, and groups with rows in both.
void check_splits(const Resolved& resolved, FindingSink& sink);

/// Image files of the data folders that no row names.
void check_unused_images(const archive::Archive& archive, const Resolved& resolved,
                         FindingSink& sink);

/// What one row adds to the findings about the whole dataset.
struct RowOutcome {
  std::vector<Finding> findings;
  int64_t channels = 0;             ///< 0 when the image cannot be read
  std::optional<ImageFacts> facts;  ///< none when the image cannot be read
  ZeroBasedEvidence zero_based;
  std::vector<bool> may_have_class;  ///< a voxel was found, or the text cannot be read
  std::map<std::pair<size_t, size_t>, int64_t> overlap_voxels;
};

/// Reads the image of a row and looks at its header and voxels. @return none when it cannot be read
[[nodiscard]] std::optional<volume::Volume> check_image(const archive::Archive& archive,
                                                        const Resolved& resolved, const Row& row,
                                                        RowOutcome& outcome);

/// Reads the texts of a row against `shape`; without one only what needs none is looked at.
/// @param image  null when it cannot be read
void check_masks(const Resolved& resolved, const Row& row, const std::optional<core::Shape3>& shape,
                 const volume::Volume* image, SpareRuns& spare, RowOutcome& outcome);

/// Reads the texts of a row whose lists do not fit the classes.
void check_odd_masks(const Resolved& resolved, const OddMasks& masks,
                     const std::optional<core::Shape3>& shape, RowOutcome& outcome);

/// Images of two rows that hold the same voxels; such images are read once more.
void check_content(const archive::Archive& archive, const Resolved& resolved,
                   const std::vector<const Row*>& rows, const std::vector<RowOutcome>& outcomes,
                   const core::WorkOptions& work, FindingSink& sink);

/// Images whose extents, spacing or intensities are far from those of the others.
void check_outliers(const std::vector<const Row*>& rows, const std::vector<RowOutcome>& outcomes,
                    FindingSink& sink);

/// Findings about all rows: channels, classes without voxels, overlapping classes, folds without
/// voxels, texts that count from 0.
void check_outcomes(const Resolved& resolved, const std::vector<const Row*>& rows,
                    const std::vector<RowOutcome>& outcomes, FindingSink& sink);

}  // namespace volseg::dataset::internal
