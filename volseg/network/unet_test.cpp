// SPDX-License-Identifier: Apache-2.0
#include "volseg/network/unet.h"

#include <ATen/ops/instance_norm.h>
#include <ATen/ops/leaky_relu.h>
#include <ATen/ops/randn.h>
#include <gtest/gtest.h>

#include "volseg/core/error.h"
#include "volseg/network/internal/norm_activation.h"

namespace volseg::network {
namespace {

plan::NetworkPlan three_stages() {
  plan::NetworkPlan plan;
  plan.input_channels = 2;
  plan.output_channels = 3;
  plan.stages = {{.features = 4, .kernel = {1, 3, 3}, .encoder_convolutions = 1},
                 {.features = 6, .stride = {1, 2, 2}, .decoder_convolutions = 1},
                 {.features = 8, .stride = {2, 2, 2}}};
  return plan;
}

TEST(UNet, names_parameters_as_nnunet_does) {
  const UNet network(three_stages(), 1, {});
  std::vector<std::string> expected;
  const auto add = [&](const std::string& prefix) {
    for (const char* part : {".conv.weight", ".conv.bias", ".norm.weight", ".norm.bias"}) {
      expected.push_back(prefix + part);
    }
  };
  add("encoder.stages.0.0.convs.0");
  add("encoder.stages.1.0.convs.0");
  add("encoder.stages.1.0.convs.1");
  add("encoder.stages.2.0.convs.0");
  add("encoder.stages.2.0.convs.1");
  add("decoder.stages.0.convs.0");
  add("decoder.stages.1.convs.0");
  add("decoder.stages.1.convs.1");
  for (const char* name :
       {"decoder.transpconvs.0.weight", "decoder.transpconvs.0.bias",
        "decoder.transpconvs.1.weight", "decoder.transpconvs.1.bias", "decoder.seg_layers.0.weight",
        "decoder.seg_layers.0.bias", "decoder.seg_layers.1.weight", "decoder.seg_layers.1.bias"}) {
    expected.emplace_back(name);
  }
  std::vector<std::string> found;
  for (const NamedTensor& parameter : network.parameters()) {
    found.push_back(parameter.name);
  }
  EXPECT_EQ(found, expected);
}

TEST(UNet, gives_every_head_its_resolution) {
  const UNet network(three_stages(), 1, {});
  const at::Tensor images = at::randn({2, 2, 4, 8, 12});
  const auto all = network.forward(images, true);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].sizes().vec(), (std::vector<int64_t>{2, 3, 4, 8, 12}));
  EXPECT_EQ(all[1].sizes().vec(), (std::vector<int64_t>{2, 3, 4, 4, 6}));
  const auto one = network.forward(images, false);
  ASSERT_EQ(one.size(), 1U);
  EXPECT_TRUE(one[0].equal(all[0]));
  EXPECT_EQ(network.total_stride(), (core::Shape3{2, 4, 4}));
}

TEST(UNet, equal_seeds_give_equal_weights) {
  const UNet first(three_stages(), 7, {});
  const UNet second(three_stages(), 7, {});
  const UNet other(three_stages(), 8, {});
  const at::Tensor& weight = first.parameters()[0].value;
  EXPECT_TRUE(weight.equal(second.parameters()[0].value));
  EXPECT_FALSE(weight.equal(other.parameters()[0].value));
  EXPECT_EQ(first.parameters()[1].value.abs().sum().item<float>(), 0.0F);
}

TEST(UNet, weights_have_he_deviation) {
  plan::NetworkPlan plan = three_stages();
  plan.stages[1].features = 64;
  plan.stages[2].features = 64;
  const UNet network(plan, 3, {});
  for (const NamedTensor& parameter : network.parameters()) {
    if (parameter.name == "encoder.stages.2.0.convs.1.conv.weight") {
      EXPECT_NEAR(parameter.value.std().item<double>(), std::sqrt(2.0 / 1.0001 / (64 * 27)), 2e-3);
    }
  }
}

TEST(UNet, rejects_an_even_kernel) {
  plan::NetworkPlan plan = three_stages();
  plan.stages[1].kernel = {3, 2, 3};
  EXPECT_THROW(UNet(plan, 0, {}), Error);
}

TEST(NormActivation, equals_instance_norm_and_leaky_relu) {
  for (const int64_t samples : {1, 3}) {
    for (const auto type : {at::kFloat, at::kBFloat16}) {
      at::Tensor x = at::randn({samples, 5, 2, 3, 7}).mul(3).add(1);
      x = x.to(type).contiguous(at::MemoryFormat::ChannelsLast3d).set_requires_grad(true);
      const at::Tensor weight = at::randn({5}).set_requires_grad(true);
      const at::Tensor bias = at::randn({5}).set_requires_grad(true);
      const at::Tensor y = norm_activation(x, weight, bias, 0.01);
      const at::Tensor g = at::randn(y.sizes());
      y.to(at::kFloat).backward(g);

      const at::Tensor plain = x.detach().to(at::kFloat).contiguous().set_requires_grad(true);
      const at::Tensor w = weight.detach().clone().set_requires_grad(true);
      const at::Tensor b = bias.detach().clone().set_requires_grad(true);
      const at::Tensor expected =
          at::leaky_relu(at::instance_norm(plain, w, b, {}, {}, true, 0, 1e-5, false), 0.01);
      expected.backward(g);

      const double tolerance = type == at::kFloat ? 1e-4 : 0.05;
      EXPECT_TRUE(y.to(at::kFloat).allclose(expected, tolerance, tolerance));
      EXPECT_TRUE(x.grad().to(at::kFloat).allclose(plain.grad(), tolerance, tolerance));
      EXPECT_TRUE(weight.grad().allclose(w.grad(), tolerance, 4 * tolerance));
      EXPECT_TRUE(bias.grad().allclose(b.grad(), tolerance, 4 * tolerance));
    }
  }
}

}  // namespace
}  // namespace volseg::network
