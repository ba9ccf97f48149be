// SPDX-License-Identifier: Apache-2.0
// Answers requests on standard input, so that one process serves many pairs of masks:
//   DEFINITION A B C SPACING_0 SPACING_1 SPACING_2\n<truth><prediction>, bytes in Fortran order
//   -> "none", or: hausdorff, the percentiles 50 and 95, truth to prediction, prediction to truth,
//   symmetric average, surface Dice at 1 and 2.5 mm, size of truth, of prediction
#include <array>
#include <cstdint>
#include <iomanip>
#include <iostream>
#include <sstream>
#include <string>
#include <utility>

#include "tests/readers/serve_lines.h"
#include "volseg/score/surface.h"

namespace {

using volseg::core::Array;
using volseg::score::SurfaceDefinition;

volseg::mask::RunMask read_mask(const volseg::core::Shape3& shape) {
  Array<uint8_t> voxels(shape);
  std::cin.read(reinterpret_cast<char*>(voxels.data()), voxels.size());
  return volseg::mask::encode(std::as_const(voxels).view());
}

SurfaceDefinition definition_of(const std::string& name) {
  if (name == "voxel") {
    return SurfaceDefinition::kVoxel;
  }
  return name == "element" ? SurfaceDefinition::kElement : SurfaceDefinition::kBoundary;
}

void serve(const std::string& line) {
  std::istringstream words(line);
  std::string definition;
  volseg::core::Shape3 shape{};
  std::array<double, 3> spacing_mm{};
  words >> definition >> shape[0] >> shape[1] >> shape[2] >> spacing_mm[0] >> spacing_mm[1] >>
      spacing_mm[2];
  const volseg::mask::RunMask truth = read_mask(shape);
  const volseg::mask::RunMask prediction = read_mask(shape);
  const auto score = volseg::score::score_surface(truth, prediction, spacing_mm,
                                                  {.definition = definition_of(definition),
                                                   .percentiles = {50, 95},
                                                   .tolerances_mm = {1, 2.5}});
  if (!score) {
    std::cout << "none\n" << std::flush;
    return;
  }
  std::cout << std::setprecision(17) << score->hausdorff_mm;
  for (const double value : {score->hausdorff_percentiles_mm[0], score->hausdorff_percentiles_mm[1],
                             score->truth_to_prediction_mm, score->prediction_to_truth_mm,
                             score->symmetric_average_mm, score->surface_dice[0],
                             score->surface_dice[1], score->truth_size, score->prediction_size}) {
    std::cout << ' ' << value;
  }
  std::cout << '\n' << std::flush;
}

}  // namespace

int main() { return volseg::tests::serve_lines(serve); }
