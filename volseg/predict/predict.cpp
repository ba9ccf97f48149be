// SPDX-License-Identifier: Apache-2.0
#include "volseg/predict/predict.h"

#include <chrono>
#include <memory>
#include <optional>

#include "volseg/core/error.h"
#include "volseg/core/resources.h"
#include "volseg/network/device.h"
#include "volseg/network/load_network.h"
#include "volseg/network/sliding_window.h"
#include "volseg/network/weights.h"
#include "volseg/plan/plan.h"
#include "volseg/predict/internal/grid_return.h"
#include "volseg/predict/internal/inputs.h"
#include "volseg/predict/internal/outputs.h"
#include "volseg/prepare/prepare_image.h"

namespace volseg::predict {

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

fs::path checkpoint_path(const PredictOptions& options) {
  if (options.checkpoint != "best" && options.checkpoint != "last") {
    throw Error(ErrorKind::kUsage, "predict.checkpoint",
                "checkpoint \"" + options.checkpoint + "\"; expected best or last");
  }
  const fs::path fold = options.run / ("fold_" + std::to_string(options.fold));
  fs::path path = fold / (options.checkpoint + ".safetensors");
  if (!fs::exists(path)) {
    throw Error(ErrorKind::kNotFound, "predict.checkpoint",
                path.string() + ": not found; train this fold first, or choose another checkpoint");
  }
  return path;
}

class Predictor {
 public:
  explicit Predictor(const PredictOptions& options)
      : options_(options),
        plan_(plan::read_plan(options.run / "plan.json")),
        device_(network::open_device(options.device, options.work.threads)),
        pool_(options.work.threads),
        inputs_(options),
        outputs_(options, plan_, inputs_) {
    const auto file = network::WeightsFile::read(checkpoint_path(options));
    network_ = network::load_network(plan_.network, file, device_);
  }

  PredictSummary run() {
    const Clock::time_point start = Clock::now();
    core::Progress progress(options_.work.progress, "predict", std::ssize(inputs_.cases()),
                            "cases");
    for (const internal::InputCase& input : inputs_.cases()) {
      predict_case(input, progress);
      ++summary_.cases;
      progress.advance();
    }
    summary_.written = outputs_.commit();
    summary_.total_s = core::seconds_since(start);
    summary_.peak_memory_bytes = core::peak_memory_bytes();
    return summary_;
  }

 private:
  void predict_case(const internal::InputCase& input, core::Progress& progress) {
    const volume::Volume image = inputs_.load(input);
    if (const int64_t count = volume::count_non_finite(image);
        count > 0 && options_.work.progress) {
      options_.work.progress->message("warning: " + input.file_name + ": " + std::to_string(count) +
                                      " voxels are NaN or infinite and are read as 0");
    }
    if (!image.header.geometry.known && options_.work.progress != nullptr) {
      options_.work.progress->message(
          "warning: " + input.file_name +
          ": its spacing is not known, 1 mm is taken; a dataset's column spacing_mm can tell it");
    }
    const prepare::PreparedImage prepared =
        prepare::prepare_image(image, plan_, input.file_name, &pool_);
    const prepare::GridMapping& mapping = prepared.mapping;
    internal::GridReturn prediction(mapping, plan_.output, plan_.network.output_channels,
                                    volume::memory_order(image.header), pool_);
    const network::ImageView view{reinterpret_cast<const float*>(prepared.values.data()),
                                  prepared.channels, mapping.prepared_shape};
    double returning_s = 0;
    const Clock::time_point start = Clock::now();
    network::for_each_logit_slab(*network_, view, window_options(progress),
                                 [&](const network::LogitSlab& slab) {
                                   const Clock::time_point began = Clock::now();
                                   prediction.consume(slab);
                                   returning_s += core::seconds_since(began);
                                 });
    summary_.network_s += core::seconds_since(start) - returning_s;
    outputs_.add(inputs_, input, image, prediction);
  }

  [[nodiscard]] network::SlidingWindowOptions window_options(core::Progress& progress) const {
    return {.patch_shape = plan_.patch_shape,
            .step_fraction = options_.step_fraction,
            .mirror = options_.mirror,
            .cancel = options_.work.cancel,
            .on_window = [&progress](int64_t done, int64_t total) {
              progress.set("window", static_cast<double>(done));
              progress.set("windows", static_cast<double>(total));
              progress.advance(0);
            }};
  }

  const PredictOptions& options_;
  plan::Plan plan_;
  network::ComputeDevice device_;
  core::ThreadPool pool_;
  internal::Inputs inputs_;
  internal::Outputs outputs_;
  std::shared_ptr<const network::UNet> network_;
  PredictSummary summary_;
};

}  // namespace

PredictSummary predict(const PredictOptions& options) { return Predictor(options).run(); }

}  // namespace volseg::predict
