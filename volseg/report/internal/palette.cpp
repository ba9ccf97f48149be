// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "volseg/report/internal/canvas.h"
#include "volseg/report/slices.h"

namespace volseg::report {

using internal::Color;

namespace {

constexpr std::array<Color, 20> kPalette{
    {{230, 60, 75},   {60, 180, 75},   {255, 210, 25},  {80, 120, 240},  {245, 130, 48},
     {165, 60, 200},  {66, 212, 244},  {240, 50, 230},  {191, 239, 69},  {250, 190, 212},
     {70, 153, 144},  {220, 190, 255}, {170, 110, 40},  {255, 250, 200}, {175, 40, 60},
     {170, 255, 195}, {140, 140, 20},  {255, 216, 177}, {90, 80, 180},   {169, 169, 169}}};

// Full saturation at hues that divide the circle evenly whatever their number.
Color color_of_hue(double turn) {
  Color color{};
  for (size_t i = 0; i < 3; ++i) {
    const double angle = std::fmod(turn + static_cast<double>(i) / 3, 1.0) * 6;
    const double level = std::clamp(std::abs(angle - 3) - 1, 0.0, 1.0);
    color[i] = static_cast<uint8_t>(std::lround(60 + 190 * level));
  }
  return color;
}

}  // namespace

std::array<uint8_t, 3> class_color(int64_t index) {
  constexpr double kGoldenTurn = 0.6180339887498949;
  const auto count = static_cast<int64_t>(kPalette.size());
  if (index >= 0 && index < count) {
    return kPalette[static_cast<size_t>(index)];
  }
  return color_of_hue(std::fmod(static_cast<double>(std::abs(index)) * kGoldenTurn, 1.0));
}

}  // namespace volseg::report
