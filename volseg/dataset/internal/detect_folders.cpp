// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "volseg/dataset/internal/detect.h"
#include "volseg/dataset/internal/finding_catalogue.h"
#include "volseg/volume/formats.h"

namespace volseg::dataset::internal {

namespace {

using Folders = std::set<std::string, std::less<>>;

class FolderChoice {
 public:
  FolderChoice(const archive::Archive& archive, Resolved& resolved, FindingSink& sink)
      : archive_(archive), resolved_(resolved), sink_(sink) {
    for (const archive::Member& member : archive.members()) {
      if (volume::format_of_name(member.name)) {
        folders_of_file_[file_name_of(member.name)].emplace(folder_of(member.name));
      }
      folders_.emplace(folder_of(member.name));
    }
  }

  void choose() {
    ImportSettings& settings = resolved_.settings;
    const Part first = resolved_.rows_of(Part::kTrain).empty() ? Part::kValidation : Part::kTrain;
    choose_folder("data_folder", settings.data_folder, resolved_.rows_of(first),
                  resolved_.rows_of(Part::kTest));
    choose_folder("data_folder_test", settings.data_folder_test, resolved_.rows_of(Part::kTest),
                  {});
    for (const Part part : kParts) {
      place(part, part == Part::kTest ? settings.data_folder_test : settings.data_folder);
    }
  }

 private:
  void choose_folder(const std::string& key, std::string& setting, const std::vector<Row>& rows,
                     const std::vector<Row>& other_rows) {
    if (!setting.empty()) {
      setting = given_folder(key, setting);
      tell(resolved_, key, setting, "given");
      return;
    }
    const Folders candidates = folders_with(rows.empty() ? other_rows : rows);
    if (candidates.size() > 1) {
      sink_.add(make_finding("folder-ambiguous", {},
                             fmt::format("the images are in {}", fmt::join(candidates, " and in ")),
                             "name one with " + key));
    }
    setting = candidates.empty() ? "" : *candidates.begin();
    tell(resolved_, key, setting, "holds the first images");
  }

  // Folders that hold the first image that is found at all, narrowed by the images after it.
  Folders folders_with(const std::vector<Row>& rows) const {
    Folders candidates;
    for (const Row& row : rows) {
      const auto found = folders_of_file_.find(row.image);
      if (found == folders_of_file_.end()) {
        continue;
      }
      if (candidates.empty()) {
        candidates = found->second;
        continue;
      }
      Folders both;
      std::ranges::set_intersection(candidates, found->second, std::inserter(both, both.end()));
      candidates = both.empty() ? candidates : both;
      if (candidates.size() == 1) {
        break;
      }
    }
    return candidates;
  }

  std::string given_folder(const std::string& key, std::string given) {
    while (given.size() > 1 && given.ends_with('/')) {
      given.pop_back();
    }
    if (folders_.contains(given)) {
      return given;
    }
    std::vector<std::string> matches;
    const auto keep = [&](const auto& fits) {
      if (matches.empty()) {
        std::ranges::copy_if(folders_, std::back_inserter(matches), fits);
      }
    };
    keep([&](const std::string& folder) {
      return folder.ends_with("/" + given) || given.ends_with("/" + folder);
    });
    keep([&](const std::string& folder) { return file_name_of(folder) == file_name_of(given); });
    if (matches.size() == 1) {
      return matches[0];
    }
    sink_.add(make_finding(matches.empty() ? "folder-missing" : "folder-ambiguous",
                           {.member = given},
                           matches.empty() ? "no such folder" : "several folders end so",
                           fmt::format("{} is one of {}", key, fmt::join(folders_, ", "))));
    return matches.empty() ? given : matches[0];
  }

  void place(Part part, const std::string& folder) {
    for (Row& row : resolved_.rows[static_cast<size_t>(part)]) {
      if (row.image.empty()) {
        continue;
      }
      const std::string member =
          folder.empty() || folder == "." ? row.image : folder + "/" + row.image;
      if (archive_.find(member) != nullptr) {
        row.member = member;
      } else {
        refuse(part, row, folder);
      }
    }
  }

  void refuse(Part part, const Row& row, const std::string& folder) {
    const auto elsewhere = folders_of_file_.find(row.image);
    const std::string where = elsewhere == folders_of_file_.end()
                                  ? "nor elsewhere in the archive"
                                  : fmt::format("but in {}", fmt::join(elsewhere->second, ", "));
    sink_.add(make_finding("image-missing",
                           {.member = resolved_.table_of(part),
                            .row = row.number,
                            .column = resolved_.settings.image_column},
                           fmt::format("{} is not in folder {}, {}", in_quotes(row.image),
                                       folder.empty() ? "." : folder, where),
                           "every image is a file of the data folder"));
  }

  const archive::Archive& archive_;
  Resolved& resolved_;
  FindingSink& sink_;
  std::map<std::string_view, Folders> folders_of_file_;
  Folders folders_;
};

}  // namespace

void choose_folders(const archive::Archive& archive, Resolved& resolved, FindingSink& sink) {
  FolderChoice(archive, resolved, sink).choose();
}

}  // namespace volseg::dataset::internal
