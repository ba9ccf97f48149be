// SPDX-License-Identifier: Apache-2.0
#include "volseg/dataset/internal/made_dataset_test.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>

#include "volseg/archive/zip_writer.h"
#include "volseg/table/parquet.h"
#include "volseg/volume/formats.h"

namespace volseg::dataset::internal {

MadeTable::MadeTable(const std::vector<MadeRow>& rows) {
  std::vector<table::Cell<std::string>> images;
  std::vector<table::ListCell<std::string>> classes;
  std::vector<table::ListCell<std::string>> texts;
  for (const MadeRow& row : rows) {
    images.push_back(row.image);
    classes.push_back(row.class_names);
    texts.push_back(row.run_texts);
  }
  table_.row_count = static_cast<int64_t>(rows.size());
  add("image", std::move(images)).add("class_id", std::move(classes));
  add("rle_mask", std::move(texts));
}

MadeTable& MadeTable::add(const std::string& name, table::Values values) {
  table_.columns.push_back({name, "", std::move(values)});
  return *this;
}

MadeTable& MadeTable::drop(const std::string& name) {
  std::erase_if(table_.columns, [&](const table::Column& column) { return column.name == name; });
  return *this;
}

MadeTable& MadeTable::rename(const std::string& from, const std::string& to) {
  std::ranges::find(table_.columns, from, &table::Column::name)->name = to;
  return *this;
}

core::Buffer MadeTable::bytes() const { return table::write_parquet(table_); }

MadeDataset::MadeDataset() {
  static std::atomic<int> made = 0;
  folder_ = std::filesystem::path(::testing::TempDir()) /
            ("volseg_dataset_" + std::to_string(::getpid()) + "_" + std::to_string(made++));
  std::filesystem::create_directories(folder_);
}

MadeDataset::~MadeDataset() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

MadeDataset& MadeDataset::add(const std::string& member, core::Buffer bytes) {
  members_[member] = std::move(bytes);
  return *this;
}

MadeDataset& MadeDataset::add_text(const std::string& member, const std::string& text) {
  return add(member, core::Buffer::copy_of(std::as_bytes(std::span(text))));
}

MadeDataset& MadeDataset::add_image(const std::string& member, float first) {
  const auto format = volume::format_of_name(member).value_or(volume::FileFormat::kNpy);
  return add(member,
             volume::encode_volume(counting_image(kMadeShape, first, {.known = true}), format));
}

MadeDataset& MadeDataset::add_table(const std::string& member, const MadeTable& table) {
  return add(member, table.bytes());
}

MadeDataset& MadeDataset::add_train(const std::vector<MadeRow>& rows) {
  for (const MadeRow& row : rows) {
    if (row.image) {
      add_image("images/" + *row.image);
    }
  }
  return add_table("train.pq", MadeTable(rows));
}

std::filesystem::path MadeDataset::write() const {
  const std::filesystem::path path = folder_ / "dataset.zip";
  archive::ZipWriter zip(path, core::Overwrite::kYes);
  for (const auto& [name, bytes] : members_) {
    zip.add(name, bytes.bytes());
  }
  zip.commit();
  return path;
}

volume::Volume counting_image(const core::Shape3& shape, float first,
                              const volume::Geometry& geometry) {
  core::Array<float> values(shape, core::Order::kFortran);
  for (int64_t index = 0; index < values.size(); ++index) {
    values.data()[index] = first + static_cast<float>(index);
  }
  return volume::from_float(values.view(), geometry);
}

CheckReport check_made(const MadeDataset& made, const ImportSettings& settings, int threads) {
  return check(made.write(), settings, {.threads = threads});
}

int64_t count_of(const CheckReport& report, const std::string& code) {
  return std::ranges::count(report.findings, code, &Finding::code);
}

Finding only(const CheckReport& report, const std::string& code) {
  EXPECT_EQ(count_of(report, code), 1) << code << "\n" << to_text(report);
  const auto found = std::ranges::find(report.findings, code, &Finding::code);
  return found == report.findings.end() ? Finding{} : *found;
}

}  // namespace volseg::dataset::internal
