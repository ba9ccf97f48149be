// SPDX-License-Identifier: Apache-2.0
#include "volseg/predict/predict.h"

#include <gtest/gtest.h>

#include "volseg/core/error.h"
#include "volseg/dataset/dataset.h"
#include "volseg/network/weights.h"
#include "volseg/plan/plan.h"
#include "volseg/volume/formats.h"

namespace volseg::predict {
namespace {

namespace fs = std::filesystem;

constexpr core::Shape3 kShape{9, 12, 15};
constexpr core::Shape3 kBegin{3, 4, 7};
constexpr core::Shape3 kEnd{6, 9, 13};
constexpr int64_t kCentre = 13;  // of 27 taps

bool in_object(int64_t a, int64_t b, int64_t c) {
  return a >= kBegin[0] && a < kEnd[0] && b >= kBegin[1] && b < kEnd[1] && c >= kBegin[2] &&
         c < kEnd[2];
}

/// Weights of a network that passes the image through its skip connection, so that class 1 wins
/// where the image is bright.
class PassThroughWeights {
 public:
  explicit PassThroughWeights(int64_t channels) {
    add_convolution("encoder.stages.0.0.convs.0", 1, {kCentre});
    add_convolution("encoder.stages.1.0.convs.0", 1, {});
    add_convolution("decoder.stages.0.convs.0", 2, {27 + kCentre});
    add("decoder.transpconvs.0.weight", {1, 1, 2, 2, 2}, std::vector<float>(8, 0.0F));
    add("decoder.transpconvs.0.bias", {1}, {0});
    std::vector<float> weight(static_cast<size_t>(channels), 0.0F);
    std::vector<float> bias(weight);
    weight.back() = 10;
    bias.back() = -5;
    add("decoder.seg_layers.0.weight", {channels, 1, 1, 1, 1}, weight);
    add("decoder.seg_layers.0.bias", {channels}, bias);
  }

  void write(const fs::path& path) const {
    std::vector<network::StoredTensor> tensors;
    for (const Entry& entry : entries_) {
      tensors.push_back({entry.name, network::ElementType::kFloat32, entry.shape,
                         std::as_bytes(std::span(entry.values))});
    }
    network::write_weights(path, tensors, {}, core::Overwrite::kYes);
  }

 private:
  struct Entry {
    std::string name;
    std::vector<int64_t> shape;
    std::vector<float> values;
  };
  void add(const std::string& name, std::vector<int64_t> shape, std::vector<float> values) {
    entries_.push_back({name, std::move(shape), std::move(values)});
  }
  void add_convolution(const std::string& name, int64_t inputs, const std::vector<int64_t>& taps) {
    std::vector<float> weight(static_cast<size_t>(inputs * 27), 0.0F);
    for (const int64_t tap : taps) {
      weight[static_cast<size_t>(tap)] = 1;
    }
    add(name + ".conv.weight", {1, inputs, 3, 3, 3}, weight);
    add(name + ".conv.bias", {1}, {0});
    add(name + ".norm.weight", {1}, {1});
    add(name + ".norm.bias", {1}, {0});
  }

  std::vector<Entry> entries_;
};

plan::Plan plan_for(plan::OutputKind output, const std::array<double, 3>& spacing_mm) {
  plan::Plan plan;
  plan.recipe = "quick";
  plan.axis_order = {2, 0, 1};
  plan.spacing_mm = {spacing_mm[2], spacing_mm[0], spacing_mm[1]};
  plan.median_shape = {15, 9, 12};
  plan.patch_shape = {8, 10, 12};
  plan.output = output;
  plan.class_names = {"object"};
  plan.normalization = {{}};
  plan.network.output_channels = output == plan::OutputKind::kSoftmax ? 2 : 1;
  plan.network.stages = {
      {.features = 1, .encoder_convolutions = 1, .decoder_convolutions = 1},
      {.features = 1, .stride = {2, 2, 2}, .encoder_convolutions = 1, .decoder_convolutions = 1}};
  return plan;
}

volume::Volume image_of(core::Order order, const volume::Geometry& geometry) {
  core::Array<float> values(kShape, order);
  for (int64_t a = 0; a < kShape[0]; ++a) {
    for (int64_t b = 0; b < kShape[1]; ++b) {
      for (int64_t c = 0; c < kShape[2]; ++c) {
        const bool border = a == 0 || c >= 14;
        values(a, b, c) = border ? 0.0F : (in_object(a, b, c) ? 50.0F : 1.0F);
      }
    }
  }
  return volume::from_float(std::as_const(values).view(), geometry);
}

volume::Geometry permuted_geometry() {
  volume::Geometry geometry;
  geometry.known = true;
  geometry.spacing_mm = {1, 1.5, 2};
  geometry.origin_mm = {10, -20, 30};
  geometry.direction = {0, 0, -1, 1, 0, 0, 0, -1, 0};
  return geometry;
}

class PredictTest : public ::testing::Test {
 protected:
  PredictTest() : folder_(fs::path(::testing::TempDir()) / "volseg_predict_test") {
    fs::remove_all(folder_);
    fs::create_directories(folder_ / "images");
    fs::create_directories(folder_ / "run" / "fold_0");
    options_.run = folder_ / "run";
    options_.input = folder_ / "images";
    options_.output = folder_ / "out";
    options_.device = "cpu";
    options_.work.threads = 2;
  }
  ~PredictTest() override { fs::remove_all(folder_); }

  void make_run(plan::OutputKind output, const std::array<double, 3>& spacing_mm) const {
    const plan::Plan plan = plan_for(output, spacing_mm);
    core::write_text(options_.run / "plan.json", plan::to_json(plan), core::Overwrite::kYes);
    PassThroughWeights(plan.network.output_channels)
        .write(options_.run / "fold_0" / "best.safetensors");
  }
  void add_image(const std::string& name, const volume::Volume& image) const {
    volume::write_volume(options_.input / name, image, core::Overwrite::kYes);
  }

  fs::path folder_;
  PredictOptions options_;
};

void expect_object(const volume::Volume& found) {
  const core::Array<int32_t> labels = volume::to_labels(found, "found");
  ASSERT_EQ(labels.shape(), kShape);
  for (int64_t a = 0; a < kShape[0]; ++a) {
    for (int64_t b = 0; b < kShape[1]; ++b) {
      for (int64_t c = 0; c < kShape[2]; ++c) {
        ASSERT_EQ(labels(a, b, c), in_object(a, b, c) ? 1 : 0) << a << " " << b << " " << c;
      }
    }
  }
}

TEST_F(PredictTest, labels_come_back_to_the_voxels_of_a_permuted_nifti) {
  make_run(plan::OutputKind::kSoftmax, {1, 1.5, 2});
  add_image("scan.nii.gz", image_of(core::Order::kFortran, permuted_geometry()));
  const PredictSummary summary = predict(options_);
  EXPECT_EQ(summary.cases, 1);
  EXPECT_EQ(summary.written, (std::vector<std::string>{"scan.nii.gz", "label_names.json"}));
  const volume::Volume found = volume::read_volume(options_.output / "scan.nii.gz");
  expect_object(found);
  EXPECT_TRUE(volume::same_geometry(found.header.geometry, permuted_geometry()));
}

TEST_F(PredictTest, labels_come_back_to_the_voxels_of_c_order_npy_files) {
  make_run(plan::OutputKind::kSoftmax, {1, 1, 1});
  add_image("one.npy", image_of(core::Order::kC, {}));
  add_image("two.npy", image_of(core::Order::kFortran, {}));
  options_.mirror = true;
  EXPECT_EQ(predict(options_).cases, 2);
  for (const char* name : {"one.npy", "two.npy"}) {
    expect_object(volume::read_volume(options_.output / name));
  }
}

TEST_F(PredictTest, one_file_gives_one_file_in_the_format_of_its_name) {
  make_run(plan::OutputKind::kSoftmax, {1, 1, 1});
  add_image("one.npy", image_of(core::Order::kC, {}));
  options_.input = options_.input / "one.npy";
  options_.output = folder_ / "labels.nii.gz";
  EXPECT_EQ(predict(options_).written, std::vector<std::string>{"labels.nii.gz"});
  expect_object(volume::read_volume(options_.output));
  EXPECT_THROW(predict(options_), Error);
}

TEST_F(PredictTest, overlapping_classes_get_one_file_each) {
  make_run(plan::OutputKind::kSigmoid, {1, 1, 1});
  add_image("one.npy", image_of(core::Order::kC, {}));
  predict(options_);
  expect_object(volume::read_volume(options_.output / "one_object.npy"));
}

TEST_F(PredictTest, a_zip_is_a_dataset_that_can_be_opened) {
  for (const auto output : {plan::OutputKind::kSoftmax, plan::OutputKind::kSigmoid}) {
    make_run(output, {1, 1, 1});
    add_image("one.npy", image_of(core::Order::kC, {}));
    options_.output = folder_ / "out.zip";
    options_.overwrite = core::Overwrite::kYes;
    predict(options_);
    const auto data = dataset::Dataset::open(options_.output);
    ASSERT_EQ(data.class_names(), std::vector<std::string>{"object"});
    const auto masks = data.load_masks(data.row("one"), kShape);
    EXPECT_EQ(mask::area(masks[0]), 3 * 5 * 6);
    EXPECT_EQ(mask::bounding_box(masks[0]), (mask::Box{kBegin, {3, 5, 6}}));
  }
}

TEST_F(PredictTest, a_missing_checkpoint_leaves_no_output) {
  make_run(plan::OutputKind::kSoftmax, {1, 1, 1});
  add_image("one.npy", image_of(core::Order::kC, {}));
  options_.checkpoint = "last";
  EXPECT_THROW(predict(options_), Error);
  EXPECT_FALSE(fs::exists(options_.output));
}

TEST_F(PredictTest, a_checkpoint_of_another_network_is_refused) {
  make_run(plan::OutputKind::kSoftmax, {1, 1, 1});
  add_image("one.npy", image_of(core::Order::kC, {}));
  PassThroughWeights(3).write(options_.run / "fold_0" / "best.safetensors");
  try {
    predict(options_);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kFormat);
    EXPECT_NE(error.message().find("decoder.seg_layers.0.weight"), std::string::npos);
  }
}

}  // namespace
}  // namespace volseg::predict
