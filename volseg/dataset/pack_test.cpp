// SPDX-License-Identifier: Apache-2.0
#include "volseg/dataset/pack.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "volseg/core/random.h"
#include "volseg/dataset/dataset.h"
#include "volseg/dataset/internal/made_dataset_test.h"
#include "volseg/volume/formats.h"

namespace volseg::dataset {

namespace {

namespace fs = std::filesystem;
using internal::counting_image;
using internal::holds;
using internal::refusal;

constexpr core::Shape3 kShape = {6, 5, 7};
const volume::Geometry kGeometry{
    .known = true, .spacing_mm = {0.5, 1.25, 2}, .origin_mm = {1, 2, 3}};

core::Array<int32_t> random_labels(uint64_t seed, core::Order order) {
  core::Array<int32_t> labels(kShape, order, 0);
  core::CounterRandom random(seed, 0, 0);
  for (int64_t index = 0; index < labels.size(); ++index) {
    labels.data()[index] = static_cast<int32_t>(random.below(4));
  }
  return labels;
}

class Pack : public ::testing::Test {
 protected:
  Pack() {
    fs::create_directories(images());
    fs::create_directories(labels());
  }

  fs::path images() const { return made_.folder() / "images"; }
  fs::path labels() const { return made_.folder() / "labels"; }
  fs::path output() const { return made_.folder() / "out.zip"; }

  void write(const fs::path& path, const volume::Volume& image) const {
    fs::create_directories(path.parent_path());
    volume::write_volume(path, image, core::Overwrite::kYes);
  }

  void write_case(const std::string& name, const std::string& extension, uint64_t seed,
                  core::Order order) const {
    write(images() / (name + extension), counting_image(kShape, 1, kGeometry));
    write(labels() / (name + "_seg" + extension),
          volume::from_labels(random_labels(seed, order).view(), kGeometry));
  }

  PackOptions options() const {
    PackOptions options;
    options.train = {.images = {images()}, .labels = {labels()}};
    options.work.threads = 2;
    return options;
  }

  std::string refused(const PackOptions& options) const {
    return refusal([&] { pack(output(), options); });
  }

  ErrorKind refused_kind(const PackOptions& options) const {
    return internal::refusal_kind([&] { pack(output(), options); });
  }

  static void expect_masks(const Dataset& dataset, const Row& row,
                           const core::Array<int32_t>& labels,
                           const std::vector<std::vector<int32_t>>& values) {
    const auto masks = dataset.load_masks(row, kShape);
    ASSERT_EQ(masks.size(), values.size());
    for (size_t index = 0; index < masks.size(); ++index) {
      core::Array<uint8_t> voxels(kShape, core::Order::kC);
      mask::decode(masks[index], voxels.view());
      expect_voxels(voxels, labels, values[index]);
    }
  }

  static void expect_voxels(const core::Array<uint8_t>& voxels, const core::Array<int32_t>& labels,
                            const std::vector<int32_t>& values) {
    for (int64_t flat = 0; flat < voxels.size(); ++flat) {
      const int64_t a = flat % kShape[0];
      const int64_t b = flat / kShape[0] % kShape[1];
      const int64_t c = flat / (kShape[0] * kShape[1]);
      const bool inside = std::ranges::find(values, labels(a, b, c)) != values.end();
      ASSERT_EQ(voxels(a, b, c) != 0, inside) << a << " " << b << " " << c;
    }
  }

  internal::MadeDataset made_;
};

TEST_F(Pack, gives_the_label_maps_back_for_both_memory_orders) {
  write_case("b", ".npy", 1, core::Order::kC);
  write_case("a", ".nii.gz", 2, core::Order::kFortran);
  const PackSummary summary = pack(output(), options());
  EXPECT_EQ(summary.train_cases, 2);
  EXPECT_EQ(summary.class_names, (std::vector<std::string>{"label_1", "label_2", "label_3"}));
  EXPECT_EQ(summary.size_bytes, static_cast<int64_t>(fs::file_size(output())));
  const Dataset dataset = Dataset::open(output());
  const Row& nifti = dataset.rows(Part::kTrain)[0];
  const Row& npy = dataset.rows(Part::kTrain)[1];
  EXPECT_EQ(nifti.image, "a.nii.gz");
  EXPECT_EQ(nifti.spacing_mm, kGeometry.spacing_mm);
  EXPECT_FALSE(npy.spacing_mm.has_value());
  EXPECT_EQ(npy.shape, kShape);
  expect_masks(dataset, nifti, random_labels(2, core::Order::kFortran), {{1}, {2}, {3}});
  expect_masks(dataset, npy, random_labels(1, core::Order::kC), {{1}, {2}, {3}});
  const CheckReport report = check(output(), {}, {});
  EXPECT_EQ(report.count(Severity::kError), 0) << to_text(report);
}

TEST_F(Pack, gives_the_same_bytes_for_any_number_of_threads) {
  for (const char name : {'d', 'a', 'c', 'b'}) {
    write_case(std::string(1, name), ".nii.gz", static_cast<uint64_t>(name), core::Order::kC);
  }
  PackOptions packing = options();
  pack(output(), packing);
  const core::Buffer first = core::read_file(output());
  packing.work.threads = 4;
  packing.overwrite = core::Overwrite::kYes;
  pack(output(), packing);
  const core::Buffer second = core::read_file(output());
  EXPECT_TRUE(std::ranges::equal(first.bytes(), second.bytes()));
  packing.overwrite = core::Overwrite::kNo;
  EXPECT_TRUE(holds(refused(packing), "--force"));
}

TEST_F(Pack, merges_labels_of_one_name_and_keeps_classes_without_voxels) {
  write_case("a", ".npy", 5, core::Order::kC);
  PackOptions packing = options();
  packing.label_names = {{1, "core"}, {2, "edge"}, {3, "core"}, {9, "rare"}};
  EXPECT_EQ(pack(output(), packing).class_names,
            (std::vector<std::string>{"core", "edge", "rare"}));
  const Dataset dataset = Dataset::open(output());
  expect_masks(dataset, dataset.rows(Part::kTrain)[0], random_labels(5, core::Order::kC),
               {{1, 3}, {2}, {}});
}

TEST_F(Pack, converts_images_to_npy_and_keeps_their_geometry_in_the_table) {
  write_case("a", ".nii", 5, core::Order::kC);
  PackOptions packing = options();
  packing.images_as = volume::FileFormat::kNpy;
  pack(output(), packing);
  const Dataset dataset = Dataset::open(output());
  const Row& row = dataset.row("a.npy");
  const volume::Volume image = dataset.load_volume(row);
  EXPECT_EQ(image.header.geometry.spacing_mm, kGeometry.spacing_mm);
  EXPECT_EQ(volume::to_float(image, 0)(1, 2, 3), 1 + 1 + 6 * 2 + 30 * 3);
  EXPECT_FALSE(fs::exists(output().string() + ".images"));
}

TEST_F(Pack, reads_mask_files_of_each_class_by_folder_and_by_name) {
  for (const std::string name : {"case_1", "case_1_x"}) {
    write(images() / (name + "_0000.npy"), counting_image(kShape, 0));
  }
  const auto mask = volume::from_labels(random_labels(8, core::Order::kC).view(), {});
  write(labels() / "heart" / "case_1.npy", mask);
  write(labels() / "heart" / "case_1_x.npy", mask);
  write(labels() / "aorta" / "case_1_x.npy", mask);
  EXPECT_EQ(pack(output(), options()).class_names, (std::vector<std::string>{"aorta", "heart"}));
  const Dataset folders = Dataset::open(output());
  EXPECT_EQ(folders.row("case_1_0000").run_texts[0], "");
  expect_masks(folders, folders.row("case_1_x_0000"), random_labels(8, core::Order::kC),
               {{1, 2, 3}, {1, 2, 3}});
  fs::remove_all(labels());
  write(labels() / "case_1_heart.npy", mask);
  write(labels() / "case_1_x_left_lung.npy", mask);
  PackOptions packing = options();
  packing.overwrite = core::Overwrite::kYes;
  EXPECT_EQ(pack(output(), packing).class_names, (std::vector<std::string>{"heart", "left_lung"}));
}

TEST_F(Pack, refuses_shapes_and_geometries_that_differ) {
  write_case("a", ".nii", 5, core::Order::kC);
  volume::Geometry moved = kGeometry;
  moved.origin_mm[0] += 1;
  write(labels() / "a_seg.nii",
        volume::from_labels(random_labels(5, core::Order::kC).view(), moved));
  EXPECT_TRUE(holds(refused(options()), "origin (2, 2, 3)")) << refused(options());
  EXPECT_TRUE(holds(refused(options()), "origin (1, 2, 3)"));
  const core::Array<int32_t> other({5, 6, 7}, core::Order::kC, 1);
  write(labels() / "a_seg.nii", volume::from_labels(other.view(), kGeometry));
  EXPECT_TRUE(holds(refused(options()), "shape 5 x 6 x 7; its image"));
  EXPECT_TRUE(holds(refused(options()), "has 6 x 5 x 7"));
}

TEST_F(Pack, refuses_unknown_labels_and_files_without_partner) {
  write_case("a", ".npy", 5, core::Order::kC);
  PackOptions packing = options();
  packing.label_names = {{1, "core"}};
  EXPECT_TRUE(holds(refused(packing), "labels 2, 3 have no name"));
  write(images() / "b.npy", counting_image(kShape, 0));
  EXPECT_TRUE(holds(refused(options()), "images without labels: b.npy"));
  write(labels() / "b.npy", volume::from_labels(random_labels(1, core::Order::kC).view(), {}));
  write(labels() / "z.npy", volume::from_labels(random_labels(1, core::Order::kC).view(), {}));
  EXPECT_TRUE(holds(pack(output(), options()).warnings.at(0), "z.npy"));
}

TEST_F(Pack, refuses_one_file_name_for_two_images) {
  write_case("a", ".npy", 5, core::Order::kC);
  write(made_.folder() / "more" / "a.npy", counting_image(kShape, 0));
  PackOptions packing = options();
  packing.test.images = {made_.folder() / "more"};
  EXPECT_TRUE(holds(refused(packing), "two images would be images/a.npy"));
  packing.test.images = {images()};
  EXPECT_EQ(pack(output(), packing).test_cases, 1);
  EXPECT_FALSE(Dataset::open(output()).rows(Part::kTest)[0].has_masks);
}

TEST_F(Pack, refuses_a_cut_image_by_name) {
  write_case("a", ".nii.gz", 5, core::Order::kC);
  const fs::path image = images() / "a.nii.gz";
  fs::resize_file(image, fs::file_size(image) - 40);
  const std::string message = refused(options());
  const size_t first = message.find(image.string());
  ASSERT_NE(first, std::string::npos) << message;
  EXPECT_EQ(message.find(image.string(), first + 1), std::string::npos) << message;
  EXPECT_FALSE(fs::exists(output()));
}

TEST_F(Pack, warns_of_a_mask_file_that_other_cases_have) {
  const auto mask = volume::from_labels(random_labels(8, core::Order::kC).view(), {});
  for (const std::string name : {"a", "b"}) {
    write(images() / (name + ".npy"), counting_image(kShape, 0));
    write(labels() / "lung" / (name + ".npy"), mask);
  }
  write(labels() / "liver" / "a.npy", mask);
  EXPECT_EQ(pack(output(), options()).warnings,
            (std::vector<std::string>{"case b: no mask file for class liver; taken as absent"}));
}

TEST_F(Pack, refuses_a_negative_label_without_a_name) {
  core::Array<int32_t> labels_of_case(kShape, core::Order::kC, 0);
  labels_of_case(1, 2, 3) = -7;
  write(images() / "a.npy", counting_image(kShape, 0));
  write(labels() / "a_seg.npy", volume::from_labels(labels_of_case.view(), {}));
  EXPECT_EQ(refused_kind(options()), ErrorKind::kFormat);
  EXPECT_TRUE(holds(refused(options()), "a_seg.npy: label -7 is negative"));
  PackOptions packing = options();
  packing.label_names = {{-7, "lesion"}};
  EXPECT_EQ(pack(output(), packing).class_names, (std::vector<std::string>{"lesion"}));
}

TEST_F(Pack, refuses_labels_that_are_all_0_and_a_folder_without_images) {
  EXPECT_TRUE(holds(refused(options()), "images: the folder holds no image; expected .npy"));
  EXPECT_EQ(refused_kind(options()), ErrorKind::kNotFound);
  const core::Array<int32_t> empty(kShape, core::Order::kC, 0);
  write(images() / "a.npy", counting_image(kShape, 0));
  write(labels() / "a_seg.npy", volume::from_labels(empty.view(), {}));
  EXPECT_EQ(refused_kind(options()), ErrorKind::kFormat);
}

}  // namespace

}  // namespace volseg::dataset
