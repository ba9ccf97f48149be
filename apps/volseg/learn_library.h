// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "volseg/predict/predict.h"
#include "volseg/train/train.h"

namespace volseg::app {

/// The functions of the learning library, which is opened at run time.
struct LearnLibrary {
  train::TrainSummary (*train)(const train::TrainOptions&);
  predict::PredictSummary (*predict)(const predict::PredictOptions&);
};

/// Name of the C function of libvolseg_learn.so that returns a LearnLibrary.
inline constexpr const char* kLearnLibraryEntry = "volseg_learn_library";

/// Opens the learning library beside the program, or in ../lib of it.
/// @throws Error(kUnavailable) when it was not built or cannot be loaded, with the loader's reason
[[nodiscard]] LearnLibrary open_learn_library();

}  // namespace volseg::app
