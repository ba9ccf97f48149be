// SPDX-License-Identifier: Apache-2.0
#include "volseg/dataset/internal/export_masks.h"

#include "volseg/core/error.h"
#include "volseg/core/files.h"
#include "volseg/core/threads.h"
#include "volseg/mask/pair_overlaps.h"
#include "volseg/volume/formats.h"

namespace volseg::dataset::internal {

namespace {

namespace fs = std::filesystem;

void write_labels(const core::Array<int32_t>& labels, const volume::Header& image,
                  const fs::path& path) {
  volume::write_volume(path, volume::from_labels(labels.view(), image.geometry),
                       core::Overwrite::kNo);
}

}  // namespace

std::optional<SharedVoxels> find_shared_voxels(const Dataset& dataset, Part part,
                                               const core::WorkOptions& work) {
  const std::vector<Row>& rows = dataset.rows(part);
  std::vector<std::optional<SharedVoxels>> found(rows.size());
  const core::ThreadPool pool(work.threads);
  const auto look = [&](int64_t index) {
    const Row& row = rows[static_cast<size_t>(index)];
    if (!row.has_masks || row.run_texts.size() < 2) {
      return;
    }
    const core::Shape3 shape = row.shape ? *row.shape : dataset.load_header(row).shape;
    const std::vector<mask::PairOverlap> overlaps =
        mask::pair_overlaps_of(dataset.load_masks(row, shape));
    if (!overlaps.empty()) {
      found[static_cast<size_t>(index)] = {&row, overlaps[0].first, overlaps[0].second,
                                           overlaps[0].voxels};
    }
  };
  pool.for_each(static_cast<int64_t>(rows.size()), look, work.cancel);
  for (const auto& one : found) {
    if (one) {
      return one;
    }
  }
  return std::nullopt;
}

void write_label_map(const std::vector<mask::RunMask>& masks, const volume::Header& image,
                     const fs::path& path) {
  core::Array<int32_t> labels(image.shape, core::Order::kFortran, 0);
  for (size_t index = 0; index < masks.size(); ++index) {
    mask::paint(masks[index], static_cast<int32_t>(index) + 1, labels.view());
  }
  write_labels(labels, image, path);
}

void write_mask(const mask::RunMask& mask, const volume::Header& image, const fs::path& path) {
  core::Array<int32_t> labels(image.shape, core::Order::kFortran, 0);
  mask::paint(mask, 1, labels.view());
  write_labels(labels, image, path);
}

core::Buffer image_bytes_of(const Dataset& dataset, const Row& row) {
  if (!core::is_plain_file_name(row.image)) {
    throw Error(ErrorKind::kFormat, "dataset.export",
                row.member + ": the image has no plain file name; rename it in the dataset");
  }
  return dataset.archive().read(*dataset.archive().find(row.member));
}

void make_export_folder(const fs::path& folder) {
  std::error_code code;
  fs::create_directories(folder, code);
  if (code) {
    throw Error(ErrorKind::kIo, "dataset.export",
                folder.string() + ": cannot be made: " + code.message());
  }
}

}  // namespace volseg::dataset::internal
