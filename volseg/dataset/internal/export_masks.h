// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "volseg/core/work.h"
#include "volseg/dataset/dataset.h"
#include "volseg/dataset/pack.h"
#include "volseg/mask/run_mask.h"
#include "volseg/volume/volume.h"

namespace volseg::dataset::internal {

/// A row in which two classes share voxels.
struct SharedVoxels {
  const Row* row = nullptr;
  size_t first = 0;  ///< class
  size_t second = 0;
  int64_t voxels = 0;
};

/// The first row of a part, in order, whose classes overlap.
[[nodiscard]] std::optional<SharedVoxels> find_shared_voxels(const Dataset& dataset, Part part,
                                                             const core::WorkOptions& work);

/// Writes a label map of `masks`; mask k has the label k + 1.
void write_label_map(const std::vector<mask::RunMask>& masks, const volume::Header& image,
                     const std::filesystem::path& path);
/// Writes one mask as 0 and 1.
void write_mask(const mask::RunMask& mask, const volume::Header& image,
                const std::filesystem::path& path);

/// The bytes of a row's image. @throws Error when its name is not a plain file name
[[nodiscard]] core::Buffer image_bytes_of(const Dataset& dataset, const Row& row);

void make_export_folder(const std::filesystem::path& folder);

/// Fills `folder` with imagesTr, labelsTr, imagesTs, labelsTs, dataset.json and splits_final.json.
/// @return remarks on what such a folder does not hold
/// @throws Error(kUnsupported) when classes overlap or folds stand beside a validation table
[[nodiscard]] std::vector<std::string> export_nnunet(const Dataset& dataset,
                                                     const std::filesystem::path& folder,
                                                     const ExportOptions& options);

}  // namespace volseg::dataset::internal
