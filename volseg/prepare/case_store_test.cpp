// SPDX-License-Identifier: Apache-2.0
#include "volseg/prepare/case_store.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <span>
#include <utility>

#include "volseg/core/error.h"
#include "volseg/core/files.h"
#include "volseg/dataset/pack.h"
#include "volseg/mask/run_text.h"
#include "volseg/prepare/internal/case_file.h"
#include "volseg/volume/formats.h"

namespace volseg::prepare {
namespace {

constexpr core::Shape3 kShape{9, 7, 8};

std::filesystem::path fresh(const std::string& name) {
  const std::filesystem::path path = ::testing::TempDir() + "volseg_case_store_" + name;
  std::filesystem::remove_all(path);
  return path;
}

void overwrite(const std::filesystem::path& path, std::span<const std::byte> bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(reinterpret_cast<const char*>(bytes.data()), std::ssize(bytes));
}

PreparedCase case_of(const core::Shape3& shape, int64_t channels) {
  PreparedCase prepared;
  prepared.name = "one/two";
  prepared.image.channels = channels;
  prepared.image.mapping = {{20, 21, 22}, {{1, 2, 3}, {10, 11, 12}}, {2, 0, 1}, shape, 0};
  const int64_t count = channels * core::voxel_count(shape);
  prepared.image.values = core::Buffer(count * static_cast<int64_t>(sizeof(float)));
  auto* values = reinterpret_cast<float*>(prepared.image.values.data());
  for (int64_t index = 0; index < count; ++index) {
    values[index] = static_cast<float>(index % 977) * 0.25F;
  }
  prepared.masks = {{shape, {{0, 3}, {10, 1}}}, {shape, {}}, {shape, {{5, 2}}}};
  return prepared;
}

void expect_equal(const PreparedCase& first, const PreparedCase& second) {
  EXPECT_EQ(first.name, second.name);
  EXPECT_EQ(first.masks, second.masks);
  EXPECT_EQ(first.image.channels, second.image.channels);
  EXPECT_EQ(first.image.mapping.image_shape, second.image.mapping.image_shape);
  EXPECT_EQ(first.image.mapping.crop, second.image.mapping.crop);
  EXPECT_EQ(first.image.mapping.axis_order, second.image.mapping.axis_order);
  EXPECT_EQ(first.image.mapping.prepared_shape, second.image.mapping.prepared_shape);
  EXPECT_EQ(first.image.mapping.nearest_axis, second.image.mapping.nearest_axis);
  EXPECT_TRUE(std::ranges::equal(first.image.values.bytes(), second.image.values.bytes()));
}

TEST(CaseFile, comes_back_unchanged_across_chunks) {
  const auto path = fresh("comes_back.case");
  const PreparedCase prepared = case_of({170, 181, 90}, 2);
  write_case(path, prepared, "0123");
  EXPECT_EQ(key_of_case(path), "0123");
  expect_equal(read_case(path), prepared);
}

TEST(CaseFile, every_flipped_bit_is_seen) {
  const auto path = fresh("flipped.case");
  write_case(path, case_of({4, 3, 5}, 1), "0123");
  const core::Buffer whole = core::read_file(path);
  for (int64_t at = 0; at < whole.size_bytes(); ++at) {
    core::Buffer changed = core::Buffer::copy_of(whole.bytes());
    changed.data()[at] ^= std::byte{0x10};
    overwrite(path, changed.bytes());
    EXPECT_THROW((void)read_case(path), Error) << "byte " << at;
  }
}

TEST(CaseFile, every_truncation_is_seen) {
  const auto path = fresh("truncated.case");
  write_case(path, case_of({4, 3, 5}, 1), "0123");
  const core::Buffer whole = core::read_file(path);
  for (int64_t size = 0; size < whole.size_bytes(); size += 3) {
    overwrite(path, whole.bytes().first(static_cast<size_t>(size)));
    EXPECT_THROW((void)read_case(path), Error) << size;
  }
  EXPECT_EQ(key_of_case(fresh("missing.case")), std::nullopt);
}

dataset::PredictedCase source_case(const std::string& name, float first) {
  core::Array<float> values(kShape, core::Order::kC);
  for (int64_t index = 0; index < values.size(); ++index) {
    values.data()[index] = static_cast<float>(index % 13) + 1;
  }
  values.data()[0] = first;
  dataset::PredictedCase entry;
  entry.image = name + ".npy";
  entry.image_bytes = volume::encode_volume(volume::from_float(std::as_const(values).view(), {}),
                                            volume::FileFormat::kNpy);
  entry.run_texts = {mask::format_runs({kShape, {{10, 9}, {30, 4}}})};
  entry.shape = kShape;
  return entry;
}

dataset::Dataset dataset_of(const std::string& name, float first) {
  const auto path = fresh(name + ".zip");
  std::vector<dataset::PredictedCase> cases;
  cases.push_back(source_case("one", first));
  cases.push_back(source_case("two", 3));
  dataset::write_dataset(path, std::move(cases), {"organ"}, core::Overwrite::kYes);
  return dataset::Dataset::open(path);
}

std::vector<const dataset::Row*> rows_of(const dataset::Dataset& dataset) {
  std::vector<const dataset::Row*> rows;
  for (const auto& row : dataset.rows(dataset::Part::kTrain)) {
    rows.push_back(&row);
  }
  return rows;
}

plan::Plan plan_of(double spacing_mm) {
  plan::Plan plan;
  plan.spacing_mm = {spacing_mm, 1, 1};
  plan.normalization.resize(1);
  plan.class_names = {"organ"};
  return plan;
}

TEST(CaseStore, prepares_what_is_missing_or_changed_and_nothing_else) {
  CaseStore store(fresh("store"));
  const auto dataset = dataset_of("first", 1);
  const auto rows = rows_of(dataset);
  EXPECT_EQ(store.prepare(dataset, {rows[0]}, plan_of(1), {.threads = 1}), 1);
  EXPECT_EQ(store.prepare(dataset, rows, plan_of(1), {.threads = 2}), 1);
  EXPECT_EQ(store.prepare(dataset, rows, plan_of(1), {}), 0);
  const auto changed = dataset_of("changed", 2);
  EXPECT_EQ(store.prepare(changed, rows_of(changed), plan_of(1), {}), 1);
  EXPECT_EQ(store.prepare(changed, rows_of(changed), plan_of(1.5), {}), 2);
}

TEST(CaseStore, prepares_a_damaged_case_again) {
  const auto folder = fresh("damaged");
  CaseStore store(folder);
  const auto dataset = dataset_of("damaged", 1);
  const auto rows = rows_of(dataset);
  store.prepare(dataset, rows, plan_of(1), {});
  const auto file = std::filesystem::directory_iterator(folder)->path();
  std::string bytes = core::read_text(file);
  bytes[bytes.size() - 5] = static_cast<char>(bytes[bytes.size() - 5] ^ 1);
  core::write_text(file, bytes, core::Overwrite::kYes);
  EXPECT_EQ(store.prepare(dataset, rows, plan_of(1), {}), 1);
  EXPECT_EQ(store.load(*rows[0]).name, "one");
  EXPECT_EQ(store.load(*rows[1]).name, "two");
}

TEST(CaseStore, loads_what_it_prepared) {
  CaseStore store(fresh("loads"));
  const auto dataset = dataset_of("loads", 1);
  const auto rows = rows_of(dataset);
  EXPECT_THROW((void)store.load(*rows[1]), Error);
  store.prepare(dataset, rows, plan_of(1), {});
  const PreparedCase loaded = store.load(*rows[1]);
  EXPECT_EQ(loaded.name, "two");
  EXPECT_EQ(loaded.image.mapping.prepared_shape, kShape);
  EXPECT_EQ(loaded.masks, (std::vector<mask::RunMask>{{kShape, {{10, 9}, {30, 4}}}}));
}

TEST(CaseStore, keeps_names_with_separators_inside_its_folder) {
  const auto folder = fresh("names");
  CaseStore store(folder);
  const auto dataset = dataset_of("names", 1);
  dataset::Row row = *rows_of(dataset)[0];
  row.name = "../../outside";
  EXPECT_EQ(store.prepare(dataset, {&row}, plan_of(1), {}), 1);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder), {}), 1);
  EXPECT_EQ(store.load(row).name, "../../outside");
}

}  // namespace
}  // namespace volseg::prepare
