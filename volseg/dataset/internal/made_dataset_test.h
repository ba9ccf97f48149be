// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "volseg/core/array.h"
#include "volseg/core/buffer.h"
#include "volseg/core/error.h"
#include "volseg/dataset/findings.h"
#include "volseg/table/table.h"
#include "volseg/volume/volume.h"

namespace volseg::dataset::internal {

/// The shape of made images: three different extents.
inline constexpr core::Shape3 kMadeShape = {4, 5, 3};

using Texts = std::vector<std::optional<std::string>>;

/// One row of a made table.
struct MadeRow {
  std::optional<std::string> image;
  std::optional<Texts> class_names = Texts{"lung", "heart"};
  std::optional<Texts> run_texts = Texts{"1 4", "10 2"};
};

/// A table with columns image, class_id and rle_mask, and one column more for each `add`.
class MadeTable {
 public:
  explicit MadeTable(const std::vector<MadeRow>& rows);
  MadeTable& add(const std::string& name, table::Values values);
  MadeTable& drop(const std::string& name);
  MadeTable& rename(const std::string& from, const std::string& to);
  [[nodiscard]] core::Buffer bytes() const;

 private:
  table::Table table_;
};

/// A made dataset: members by name, written as a zip below a folder of its own.
class MadeDataset {
 public:
  MadeDataset();
  ~MadeDataset();
  MadeDataset(const MadeDataset&) = delete;
  MadeDataset& operator=(const MadeDataset&) = delete;

  MadeDataset& add(const std::string& member, core::Buffer bytes);
  MadeDataset& add_text(const std::string& member, const std::string& text);
  /// An image of kMadeShape whose voxels count up from `first`.
  MadeDataset& add_image(const std::string& member, float first = 0);
  MadeDataset& add_table(const std::string& member, const MadeTable& table);
  /// train.pq with these rows and images/ with their images, which differ in their last voxel.
  MadeDataset& add_train(const std::vector<MadeRow>& rows);
  /// @return the path of the zip
  std::filesystem::path write() const;
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
  std::map<std::string, core::Buffer> members_;
};

/// A float image whose voxels count up along axis 0, then 1, then 2.
[[nodiscard]] volume::Volume counting_image(const core::Shape3& shape, float first,
                                            const volume::Geometry& geometry = {});

/// Findings of `check` on a written dataset.
[[nodiscard]] CheckReport check_made(const MadeDataset& made, const ImportSettings& settings = {},
                                     int threads = 2);
/// As check_made; fails the test when resident memory grows by more than 64 MB.
[[nodiscard]] CheckReport check_bounded(const MadeDataset& made,
                                        const ImportSettings& settings = {});
/// Why `bytes` are no table; empty when they are read.
[[nodiscard]] std::string table_refusal(core::Buffer bytes);
/// Why `bytes` are no image as images/`name`; empty when they are read.
[[nodiscard]] std::string image_refusal(const std::string& name, core::Buffer bytes);
/// The findings of a dataset with this one image and the rows of MadeRow.
[[nodiscard]] CheckReport check_image_bytes(const std::string& name, core::Buffer bytes);
/// The findings of a dataset with one image of kMadeShape and one class with this text.
[[nodiscard]] CheckReport check_text(const std::string& text);
/// How many findings have the code.
[[nodiscard]] int64_t count_of(const CheckReport& report, const std::string& code);
/// The only finding of the code; fails the test when there is another number of them.
[[nodiscard]] Finding only(const CheckReport& report, const std::string& code);

/// The message of the Error that `work` throws; empty when it throws none.
template <typename Work>
std::string refusal(const Work& work) {
  try {
    work();
  } catch (const std::exception& error) {
    return error.what();
  }
  return "";
}

/// The kind of the Error that `work` throws; kCancelled when it throws none.
template <typename Work>
ErrorKind refusal_kind(const Work& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.kind();
  }
  return ErrorKind::kCancelled;
}

[[nodiscard]] core::Buffer buffer_of(const std::string& bytes);

[[nodiscard]] inline bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace volseg::dataset::internal
