// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace volseg::dataset::internal {

/// The files of one image: one, or one for each channel in order.
struct ImageGroup {
  std::string name;  ///< of the image in the dataset, without extension
  std::string key;   ///< what the names of its files have in common, which labels may use
  std::vector<std::filesystem::path> files;
};

/// A file name without extension taken apart as nnU-Net names channels: "a_0001" is "a", 1.
struct NumberedName {
  std::string key;
  int64_t channel = 0;
};
/// None when the name does not end in "_" and four digits.
[[nodiscard]] std::optional<NumberedName> numbered_name(const std::string& stem);
/// "_0001".
[[nodiscard]] std::string channel_suffix(int64_t channel);

/// Images where a_0000, a_0001, ... are the channels of one, unless a label has the name of one of
/// them. @throws Error(kNotFound) on a number left out
[[nodiscard]] std::vector<ImageGroup> group_by_number(
    const std::vector<std::filesystem::path>& files, const std::vector<std::string>& label_stems,
    bool joins_without_labels);

/// Images whose channels are told by the ends of their names, in the order of `suffixes`.
/// @throws Error(kNotFound) listing what lacks a channel
[[nodiscard]] std::vector<ImageGroup> group_by_suffix(
    const std::vector<std::filesystem::path>& files, const std::vector<std::string>& suffixes);

/// Position of the longest suffix that ends `stem` and leaves something before it.
[[nodiscard]] std::optional<size_t> suffix_of(std::string_view stem,
                                              std::span<const std::string> suffixes);

}  // namespace volseg::dataset::internal
