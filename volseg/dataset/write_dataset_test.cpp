// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>

#include "volseg/dataset/dataset.h"
#include "volseg/dataset/internal/made_dataset_test.h"
#include "volseg/dataset/pack.h"
#include "volseg/volume/formats.h"

namespace volseg::dataset {

namespace {

namespace fs = std::filesystem;
using internal::holds;
using internal::kMadeShape;
using internal::refusal;

PredictedCase made_case(const std::string& image) {
  return {.image = image,
          .image_bytes = volume::encode_volume(internal::counting_image(kMadeShape, 0),
                                               volume::FileFormat::kNpy),
          .run_texts = {"1 3", ""},
          .shape = kMadeShape};
}

int64_t files_in(const fs::path& folder) {
  return std::distance(fs::directory_iterator(folder), fs::directory_iterator());
}

class DatasetWriting : public ::testing::Test {
 protected:
  fs::path output() const { return made_.folder() / "out.zip"; }

  internal::MadeDataset made_;
};

TEST_F(DatasetWriting, sorts_the_cases_and_leaves_no_temporary_file) {
  DatasetWriter writer(output(), {"x", "y"}, core::Overwrite::kNo);
  writer.add(made_case("b.npy"));
  writer.add(made_case("a.npy"));
  EXPECT_FALSE(fs::exists(output()));
  writer.commit();
  const Dataset dataset = Dataset::open(output());
  EXPECT_EQ(dataset.rows(Part::kTrain)[0].name, "a");
  EXPECT_EQ(dataset.class_names(), (std::vector<std::string>{"x", "y"}));
  EXPECT_EQ(check(output(), {}, {}).count(Severity::kError), 0);
}

TEST_F(DatasetWriting, leaves_nothing_behind_without_commit) {
  {
    DatasetWriter writer(output(), {"x", "y"}, core::Overwrite::kNo);
    writer.add(made_case("a.npy"));
    EXPECT_EQ(files_in(made_.folder()), 2);
  }
  EXPECT_EQ(files_in(made_.folder()), 0);
}

TEST_F(DatasetWriting, gives_the_same_bytes_as_all_cases_at_once) {
  DatasetWriter writer(output(), {"x", "y"}, core::Overwrite::kNo);
  writer.add(made_case("b.npy"));
  writer.add(made_case("a.npy"));
  writer.commit();
  std::vector<PredictedCase> cases;
  cases.push_back(made_case("a.npy"));
  cases.push_back(made_case("b.npy"));
  const fs::path other = made_.folder() / "other.zip";
  write_dataset(other, std::move(cases), {"x", "y"}, core::Overwrite::kNo);
  EXPECT_TRUE(
      std::ranges::equal(core::read_file(output()).bytes(), core::read_file(other).bytes()));
}

TEST_F(DatasetWriting, refuses_cases_that_do_not_fit) {
  DatasetWriter writer(output(), {"x"}, core::Overwrite::kNo);
  EXPECT_TRUE(holds(refusal([&] { writer.add(made_case("a.npy")); }), "2 masks for 1 class;"));
  DatasetWriter two(output(), {"x", "y"}, core::Overwrite::kNo);
  EXPECT_TRUE(holds(refusal([&] { two.add(made_case("../a.npy")); }), "not a plain file name"));
  two.add(made_case("a.npy"));
  EXPECT_TRUE(holds(refusal([&] { two.add(made_case("a.npy")); }), "two cases of this image"));
}

}  // namespace

}  // namespace volseg::dataset
