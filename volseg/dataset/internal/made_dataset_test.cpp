// SPDX-License-Identifier: Apache-2.0
#include "volseg/dataset/internal/made_dataset_test.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstring>

#include "volseg/archive/zip_writer.h"
#include "volseg/core/keep_for_program_test.h"
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

namespace {

core::Buffer encoded(const std::string& name, const volume::Volume& image) {
  return volume::encode_volume(image,
                               volume::format_of_name(name).value_or(volume::FileFormat::kNpy));
}

}  // namespace

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
  return add(member, encoded(member, counting_image(kMadeShape, first, {.known = true})));
}

MadeDataset& MadeDataset::add_table(const std::string& member, const MadeTable& table) {
  return add(member, table.bytes());
}

MadeDataset& MadeDataset::add_train(const std::vector<MadeRow>& rows) {
  for (size_t index = 0; index < rows.size(); ++index) {
    if (rows[index].image) {
      volume::Volume image = counting_image(kMadeShape, 0, {.known = true});
      const int64_t last = image.data.size_bytes() - static_cast<int64_t>(sizeof(float));
      const auto value = static_cast<float>(1000 + index);
      std::memcpy(image.data.data() + last, &value, sizeof value);
      add("images/" + *rows[index].image, encoded(*rows[index].image, image));
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
  core::keep_for_program_tests(path);
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

namespace {

// Sanitizers keep freed memory and shadow every byte.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int64_t kMostGrowth = int64_t{1} << 40;
#else
constexpr int64_t kMostGrowth = int64_t{64} << 20;
#endif

int64_t peak_bytes() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return int64_t{usage.ru_maxrss} * 1024;
}

std::string refusal_of(const CheckReport& report, const std::string& code) {
  return count_of(report, code) == 0 ? "" : only(report, code).found;
}

}  // namespace

CheckReport check_bounded(const MadeDataset& made, const ImportSettings& settings) {
  const std::filesystem::path path = made.write();
  const int64_t before = peak_bytes();
  CheckReport report = check(path, settings, {.threads = 1});
  EXPECT_LE(peak_bytes() - before, kMostGrowth) << to_text(report);
  return report;
}

std::string table_refusal(core::Buffer bytes) {
  MadeDataset made;
  made.add_image("images/a.npy").add("train.pq", std::move(bytes));
  return refusal_of(check_bounded(made), "table-unreadable");
}

CheckReport check_image_bytes(const std::string& name, core::Buffer bytes) {
  MadeDataset made;
  made.add_table("train.pq", MadeTable({{name, Texts{"lung"}, Texts{"1 1"}}}));
  made.add("images/" + name, std::move(bytes));
  return check_bounded(made);
}

std::string image_refusal(const std::string& name, core::Buffer bytes) {
  return refusal_of(check_image_bytes(name, std::move(bytes)), "image-unreadable");
}

CheckReport check_text(const std::string& text) {
  MadeDataset made;
  made.add_train({{"a.npy", Texts{"lung"}, Texts{text}}});
  return check_bounded(made);
}

core::Buffer buffer_of(const std::string& bytes) {
  return core::Buffer::copy_of(std::as_bytes(std::span(bytes)));
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
