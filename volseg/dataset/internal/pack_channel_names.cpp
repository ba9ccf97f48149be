// SPDX-License-Identifier: Apache-2.0
#include "volseg/dataset/internal/pack_channel_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "volseg/dataset/internal/pack_inputs.h"
#include "volseg/volume/image_paths.h"

namespace volseg::dataset::internal {

namespace {

namespace fs = std::filesystem;

constexpr size_t kDigits = 4;

using Channels = std::map<int64_t, fs::path>;

bool labels_one_of(const Channels& channels, const std::vector<std::string>& label_stems) {
  return std::ranges::any_of(label_stems, [&](const std::string& label) {
    return std::ranges::any_of(channels, [&](const auto& channel) {
      const std::string stem = volume::stem_of_path(channel.second);
      return label.starts_with(stem) && (label.size() == stem.size() || label[stem.size()] == '_' ||
                                         label[stem.size()] == '-');
    });
  });
}

std::vector<fs::path> in_order(const std::string& key, const Channels& channels) {
  std::vector<fs::path> files;
  for (const auto& [number, file] : channels) {
    if (number != std::ssize(files)) {
      refuse_to_pack(ErrorKind::kNotFound,
                     fmt::format("{}: channel {} is missing beside {}; expected all channels "
                                 "from _0000 on",
                                 key, channel_suffix(std::ssize(files)), file.string()));
    }
    files.push_back(file);
  }
  return files;
}

void add_channel(std::map<std::string, Channels>& groups, const std::string& key, int64_t channel,
                 const fs::path& file) {
  const auto [other, is_new] = groups[key].try_emplace(channel, file);
  if (!is_new) {
    refuse_to_pack(ErrorKind::kUsage, fmt::format("{} and {}: two images of one name",
                                                  other->second.string(), file.string()));
  }
}

}  // namespace

std::optional<NumberedName> numbered_name(const std::string& stem) {
  if (stem.size() < kDigits + 2 || stem[stem.size() - kDigits - 1] != '_') {
    return std::nullopt;
  }
  NumberedName name{.key = stem.substr(0, stem.size() - kDigits - 1)};
  for (const char letter : stem.substr(stem.size() - kDigits)) {
    if (letter < '0' || letter > '9') {
      return std::nullopt;
    }
    name.channel = 10 * name.channel + (letter - '0');
  }
  return name;
}

std::string channel_suffix(int64_t channel) { return fmt::format("_{:04}", channel); }

std::vector<ImageGroup> group_by_number(const std::vector<fs::path>& files,
                                        const std::vector<std::string>& label_stems,
                                        bool joins_without_labels) {
  std::vector<ImageGroup> groups;
  std::map<std::string, Channels> numbered;
  for (const fs::path& file : files) {
    const std::string stem = volume::stem_of_path(file);
    if (const auto name = numbered_name(stem)) {
      add_channel(numbered, name->key, name->channel, file);
    } else {
      groups.push_back({.name = stem, .key = stem, .files = {file}});
    }
  }
  for (const auto& [key, channels] : numbered) {
    const bool joins =
        label_stems.empty() ? joins_without_labels : !labels_one_of(channels, label_stems);
    if (joins && channels.size() > 1 && channels.contains(0)) {
      groups.push_back({.name = key, .key = key, .files = in_order(key, channels)});
      continue;
    }
    for (const auto& [number, file] : channels) {
      const std::string stem = volume::stem_of_path(file);
      groups.push_back({.name = stem, .key = number == 0 ? key : stem, .files = {file}});
    }
  }
  return groups;
}

std::vector<ImageGroup> group_by_suffix(const std::vector<fs::path>& files,
                                        const std::vector<std::string>& suffixes) {
  std::map<std::string, Channels> groups_of_key;
  for (const fs::path& file : files) {
    const std::string stem = volume::stem_of_path(file);
    const size_t suffix = suffix_of(stem, suffixes).value();
    add_channel(groups_of_key, stem.substr(0, stem.size() - suffixes[suffix].size()),
                static_cast<int64_t>(suffix), file);
  }
  std::vector<ImageGroup> groups;
  std::vector<std::string> missing;
  for (const auto& [key, channels] : groups_of_key) {
    ImageGroup group{.name = suffixes.size() == 1 ? key + suffixes[0] : key, .key = key};
    for (size_t index = 0; index < suffixes.size(); ++index) {
      const auto found = channels.find(static_cast<int64_t>(index));
      if (found == channels.end()) {
        missing.push_back(key + suffixes[index]);
      } else {
        group.files.push_back(found->second);
      }
    }
    groups.push_back(std::move(group));
  }
  if (!missing.empty()) {
    refuse_to_pack(ErrorKind::kNotFound, "channels are missing: " + listed(missing) +
                                             "; every case needs an image of each --image-suffix");
  }
  return groups;
}

std::optional<size_t> suffix_of(std::string_view stem, std::span<const std::string> suffixes) {
  std::optional<size_t> found;
  for (size_t index = 0; index < suffixes.size(); ++index) {
    const std::string& suffix = suffixes[index];
    const bool fits = stem.size() > suffix.size() && stem.ends_with(suffix);
    if (fits && (!found || suffix.size() > suffixes[*found].size())) {
      found = index;
    }
  }
  return found;
}

}  // namespace volseg::dataset::internal
