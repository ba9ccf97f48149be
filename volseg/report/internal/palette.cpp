// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "volseg/report/internal/canvas.h"
#include "volseg/report/slices.h"

namespace volseg::report {

using internal::Color;

namespace {

// The first seven follow Okabe and Ito's colours for all kinds of colour vision, lightened for a
// dark ground; each next one is farthest from those before it and from grey in Oklab, for normal
// vision and for protanopia, deuteranopia and tritanopia as simulated by Machado, Oliveira,
// Fernandes (2009).
constexpr std::array<Color, 24> kPalette{
    {{230, 159, 0},   {86, 180, 233},  {0, 158, 115},   {240, 228, 66},  {70, 120, 255},
     {235, 95, 30},   {225, 120, 185}, {150, 75, 165},  {135, 225, 255}, {165, 210, 150},
     {195, 60, 15},   {165, 255, 195}, {195, 90, 195},  {120, 180, 120}, {135, 75, 210},
     {120, 150, 255}, {240, 195, 75},  {105, 150, 60},  {60, 255, 135},  {105, 60, 255},
     {150, 195, 255}, {165, 90, 75},   {135, 195, 105}, {165, 90, 150}}};

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
