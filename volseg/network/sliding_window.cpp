// SPDX-License-Identifier: Apache-2.0
#include "volseg/network/sliding_window.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "volseg/core/error.h"
#include "volseg/network/torch_device.h"
#include "volseg/network/unet.h"

namespace volseg::network {

namespace {

struct Axis {
  std::vector<int64_t> starts;
  std::vector<std::vector<float>> weights;
};

// The part of a window inside the image: where it begins in each, and how long it is.
struct Overlap {
  int64_t in_image = 0;
  int64_t in_window = 0;
  int64_t length = 0;
};

Overlap overlap(int64_t start, int64_t patch, int64_t extent) {
  const int64_t begin = std::max<int64_t>(start, 0);
  return {begin, begin - start, std::min(start + patch, extent) - begin};
}

class SlabRunner {
 public:
  SlabRunner(const UNet& network, const ImageView& image, const SlidingWindowOptions& options)
      : network_(network), options_(options), shape_(image.shape) {
    image_ = at::from_blob(const_cast<float*>(image.values),
                           {1, image.channels, shape_[0], shape_[1], shape_[2]}, at::kFloat);
    for (int axis = 0; axis < 3; ++axis) {
      axes_[axis].starts =
          window_starts(shape_[axis], options.patch_shape[axis], options.step_fraction);
      axes_[axis].weights =
          window_weights(axes_[axis].starts, shape_[axis], options.patch_shape[axis]);
    }
    const int64_t rows = std::min(options.patch_shape[0], shape_[0]);
    channels_ = network.plan().output_channels;
    slab_ = at::zeros({rows, shape_[1], shape_[2], channels_}, at::kFloat);
  }

  void run(const std::function<void(const LogitSlab&)>& consume) {
    const auto& starts = axes_[0].starts;
    for (size_t i = 0; i < starts.size(); ++i) {
      const int64_t begin = std::max<int64_t>(starts[i], 0);
      add_row_of_windows(i);
      const int64_t end = i + 1 < starts.size() ? starts[i + 1] : shape_[0];
      consume({begin, end, channels_, slab_.const_data_ptr<float>()});
      shift(end - begin);
    }
  }

 private:
  void add_row_of_windows(size_t i) {
    for (size_t j = 0; j < axes_[1].starts.size(); ++j) {
      for (size_t k = 0; k < axes_[2].starts.size(); ++k) {
        if (options_.cancel != nullptr) {
          options_.cancel->throw_if_requested("network.sliding_window");
        }
        add_window({i, j, k});
        report();
      }
    }
  }

  void report() {
    ++done_;
    if (options_.on_window) {
      const size_t total = axes_[0].starts.size() * axes_[1].starts.size() * axes_[2].starts.size();
      options_.on_window(done_, static_cast<int64_t>(total));
    }
  }

  void add_window(const std::array<size_t, 3>& index) {
    std::array<Overlap, 3> parts;
    for (int axis = 0; axis < 3; ++axis) {
      parts[axis] =
          overlap(axes_[axis].starts[index[axis]], options_.patch_shape[axis], shape_[axis]);
    }
    at::Tensor logits = logits_of(window_at(parts)).permute({0, 2, 3, 4, 1})[0];
    at::Tensor target = slab_;
    for (int axis = 0; axis < 3; ++axis) {
      const Overlap& part = parts[axis];
      const int64_t begin = axis == 0 ? 0 : part.in_image;
      logits = logits.narrow(axis, part.in_window, part.length);
      target = target.narrow(axis, begin, part.length);
    }
    const at::Tensor weights = weight(0, index, parts).view({-1, 1, 1, 1}) *
                               weight(1, index, parts).view({1, -1, 1, 1}) *
                               weight(2, index, parts).view({1, 1, -1, 1});
    target.addcmul_(logits, weights);
  }

  at::Tensor weight(int axis, const std::array<size_t, 3>& index,
                    const std::array<Overlap, 3>& parts) {
    std::vector<float>& weights = axes_[axis].weights[index[axis]];
    return at::from_blob(weights.data() + parts[axis].in_window, {parts[axis].length}, at::kFloat);
  }

  at::Tensor window_at(const std::array<Overlap, 3>& parts) const {
    const core::Shape3& patch = options_.patch_shape;
    at::Tensor window = at::zeros({1, image_.size(1), patch[0], patch[1], patch[2]}, at::kFloat);
    at::Tensor source = image_;
    at::Tensor target = window;
    for (int axis = 0; axis < 3; ++axis) {
      source = source.narrow(axis + 2, parts[axis].in_image, parts[axis].length);
      target = target.narrow(axis + 2, parts[axis].in_window, parts[axis].length);
    }
    target.copy_(source);
    const ComputeDevice& device = network_.device();
    return window.to(to_torch(device), compute_type(device))
        .contiguous(at::MemoryFormat::ChannelsLast3d);
  }

  at::Tensor logits_of(const at::Tensor& window) const {
    constexpr int kMirrors = 8;
    at::Tensor sum;
    const int passes = options_.mirror ? kMirrors : 1;
    for (int mirror = 0; mirror < passes; ++mirror) {
      std::vector<int64_t> axes;
      for (int64_t axis = 0; axis < 3; ++axis) {
        if ((mirror >> axis) % 2 == 1) {
          axes.push_back(axis + 2);
        }
      }
      const at::Tensor input = axes.empty() ? window : window.flip(axes);
      at::Tensor output = network_.forward(input, false).front().to(at::kFloat);
      output = axes.empty() ? output : output.flip(axes);
      sum = sum.defined() ? sum + output : output;
    }
    return (passes == 1 ? sum : sum / passes).to(at::kCPU);
  }

  void shift(int64_t rows) {
    const int64_t kept = slab_.size(0) - rows;
    if (kept > 0) {
      const at::Tensor tail = slab_.narrow(0, rows, kept).clone();
      slab_.narrow(0, 0, kept).copy_(tail);
    }
    slab_.narrow(0, std::max<int64_t>(kept, 0), std::min(rows, slab_.size(0))).zero_();
  }

  const UNet& network_;
  const SlidingWindowOptions& options_;
  core::Shape3 shape_;
  at::Tensor image_;
  at::Tensor slab_;  // (rows, axis 1, axis 2, channel)
  std::array<Axis, 3> axes_;
  int64_t channels_ = 0;
  int64_t done_ = 0;
};

void check_patch(const UNet& network, const SlidingWindowOptions& options) {
  const core::Shape3 stride = network.total_stride();
  for (int axis = 0; axis < 3; ++axis) {
    if (options.patch_shape[axis] < 1 || options.patch_shape[axis] % stride[axis] != 0) {
      throw Error(ErrorKind::kUsage, "network.sliding_window",
                  "patch " + core::to_string(options.patch_shape) +
                      ": expected multiples of the network's strides " + core::to_string(stride));
    }
  }
  if (!(options.step_fraction > 0 && options.step_fraction <= 1)) {
    throw Error(ErrorKind::kUsage, "network.sliding_window",
                "step fraction " + std::to_string(options.step_fraction) +
                    ": expected above 0 and at most 1");
  }
}

}  // namespace

std::vector<int64_t> window_starts(int64_t extent, int64_t patch, double step_fraction) {
  if (extent <= patch) {
    return {-((patch - extent) / 2)};
  }
  const double step = static_cast<double>(patch) * step_fraction;
  const auto count =
      static_cast<int64_t>(std::ceil(static_cast<double>(extent - patch) / step)) + 1;
  const double spread = static_cast<double>(extent - patch) / static_cast<double>(count - 1);
  std::vector<int64_t> starts;
  for (int64_t i = 0; i < count; ++i) {
    starts.push_back(std::llround(spread * static_cast<double>(i)));
  }
  starts.erase(std::unique(starts.begin(), starts.end()), starts.end());
  return starts;
}

std::vector<std::vector<float>> window_weights(const std::vector<int64_t>& starts, int64_t extent,
                                               int64_t patch) {
  const double deviation = static_cast<double>(patch) / 8;
  const int64_t center = patch / 2;
  const auto at_voxel = [&](int64_t i) {
    const double z = static_cast<double>(i - center) / deviation;
    return std::exp(-0.5 * z * z);
  };
  std::vector<double> sums(static_cast<size_t>(extent), 0.0);
  const auto for_inside = [&](int64_t start, const auto& visit) {
    for (int64_t i = std::max<int64_t>(0, -start); i < patch && start + i < extent; ++i) {
      visit(i, static_cast<size_t>(start + i));
    }
  };
  for (const int64_t start : starts) {
    for_inside(start, [&](int64_t i, size_t voxel) { sums[voxel] += at_voxel(i); });
  }
  std::vector<std::vector<float>> weights;
  for (const int64_t start : starts) {
    auto& window = weights.emplace_back(static_cast<size_t>(patch), 0.0F);
    for_inside(start, [&](int64_t i, size_t voxel) {
      window[static_cast<size_t>(i)] = static_cast<float>(at_voxel(i) / sums[voxel]);
    });
  }
  return weights;
}

void for_each_logit_slab(const UNet& network, const ImageView& image,
                         const SlidingWindowOptions& options,
                         const std::function<void(const LogitSlab&)>& consume) {
  check_patch(network, options);
  const c10::NoGradGuard no_gradients;
  SlabRunner(network, image, options).run(consume);
}

}  // namespace volseg::network
