// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "volseg/core/files.h"
#include "volseg/dataset/pack.h"
#include "volseg/plan/plan.h"
#include "volseg/predict/internal/grid_return.h"
#include "volseg/predict/internal/inputs.h"
#include "volseg/predict/predict.h"
#include "volseg/volume/volume.h"

namespace volseg::predict::internal {

/// Where predictions go: one file, a folder that appears whole, or a dataset zip.
class Outputs {
 public:
  /// @throws Error(kIo) when the output exists and may not be replaced; Error(kUsage) when it
  ///         cannot hold what is predicted
  Outputs(const PredictOptions& options, const plan::Plan& plan, const Inputs& inputs);

  void add(const Inputs& inputs, const InputCase& input, const volume::Volume& image,
           const GridReturn& prediction);
  /// Puts everything in place. @return names of the files written
  std::vector<std::string> commit();

 private:
  void add_to_dataset(const Inputs& inputs, const InputCase& input, const volume::Volume& image,
                      const GridReturn& prediction);
  void write(const std::string& file_name, const volume::Volume& labels);
  [[nodiscard]] std::string extension_for(const InputCase& input) const;

  PredictOptions options_;
  const plan::Plan& plan_;
  bool as_dataset_ = false;
  bool as_file_ = false;
  std::unique_ptr<core::OutputFolder> folder_;
  std::unique_ptr<dataset::DatasetWriter> dataset_;
  std::vector<std::string> written_;
};

}  // namespace volseg::predict::internal
