// SPDX-License-Identifier: Apache-2.0
#include "volseg/dataset/pack.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "volseg/archive/zip_writer.h"
#include "volseg/core/error.h"
#include "volseg/core/text.h"
#include "volseg/dataset/internal/dataset_table.h"
#include "volseg/dataset/internal/pack_case.h"
#include "volseg/dataset/internal/pack_folds.h"
#include "volseg/dataset/internal/pack_inputs.h"
#include "volseg/dataset/internal/resolve.h"

namespace volseg::dataset {

namespace {

using internal::kParts;
using internal::PackCase;
using internal::PackedCase;

constexpr std::string_view kImageFolder = "images/";

class Packer {
 public:
  Packer(std::filesystem::path output, const PackOptions& options)
      : output_(std::move(output)), options_(options) {}

  PackSummary pack() {
    core::check_output(output_, options_.overwrite);
    inputs_ = internal::read_pack_inputs(options_);
    summary_.warnings = std::move(inputs_.warnings);
    summary_.train_cases = std::ssize(inputs_.of(Part::kTrain));
    summary_.validation_cases = std::ssize(inputs_.of(Part::kValidation));
    summary_.test_cases = std::ssize(inputs_.of(Part::kTest));
    check_file_names();
    make_folder();
    read_cases();
    collect_warnings();
    order_classes();
    internal::make_folds(options_, packed_of(Part::kTrain), summary_.class_names,
                         inputs_.of(Part::kTrain));
    write();
    summary_.size_bytes = static_cast<int64_t>(std::filesystem::file_size(output_));
    return std::move(summary_);
  }

 private:
  std::vector<PackedCase>& packed_of(Part part) { return packed_[static_cast<size_t>(part)]; }

  // All images share one folder of the zip.
  void check_file_names() const {
    std::map<std::string, const PackCase*> case_of_name;
    for (const Part part : kParts) {
      for (const PackCase& one : inputs_.of(part)) {
        const std::string name = internal::image_name_of(one, options_.images_as);
        const auto [other, is_new] = case_of_name.try_emplace(name, &one);
        if (!is_new && !same_image(*other->second, one)) {
          internal::refuse_to_pack(
              ErrorKind::kUsage,
              fmt::format("{} and {}: two images would be {}{}; rename one",
                          other->second->image_text(), one.image_text(), kImageFolder, name));
        }
        if (!core::is_plain_file_name(name)) {
          internal::refuse_to_pack(
              ErrorKind::kUsage,
              one.image_text() + ": the file name holds control characters; rename it");
        }
      }
    }
  }

  static bool same_image(const PackCase& first, const PackCase& second) {
    return first.row == nullptr || second.row == nullptr ? first.images == second.images
                                                         : first.row->member == second.row->member;
  }

  // Never committed: what it holds goes into the zip, then it is removed.
  void make_folder() {
    for (const Part part : kParts) {
      for (const PackCase& one : inputs_.of(part)) {
        if (!folder_ && internal::needs_folder(one, options_.images_as)) {
          folder_.emplace(output_.string() + ".images", core::Overwrite::kYes);
        }
      }
    }
    if (folder_) {
      for (const Part part : kParts) {
        std::error_code code;
        if (!std::filesystem::create_directory(folder_of(part), code)) {
          internal::refuse_to_pack(ErrorKind::kIo, output_.string() + ": no temporary folder can " +
                                                       "be made beside it: " + code.message());
        }
      }
    }
  }

  [[nodiscard]] std::filesystem::path folder_of(Part part) const {
    return folder_ ? folder_->temporary_path() / name_of(part) : "";
  }

  void read_cases() {
    struct Work {
      const PackCase* one;
      PackedCase* packed;
      Part part;
    };
    std::vector<Work> work;
    for (const Part part : kParts) {
      packed_of(part).resize(inputs_.of(part).size());
      for (size_t index = 0; index < inputs_.of(part).size(); ++index) {
        work.push_back({&inputs_.of(part)[index], &packed_of(part)[index], part});
      }
    }
    core::for_each_reported(options_.work, "pack", std::ssize(work), "cases", [&](int64_t index) {
      const Work& item = work[static_cast<size_t>(index)];
      *item.packed =
          internal::pack_case(*item.one, {.label_names = inputs_.label_names,
                                          .dataset = inputs_.dataset.get(),
                                          .images_as = options_.images_as,
                                          .channel_axis = options_.import_settings.channel_axis,
                                          .series = options_.series,
                                          .fraction_threshold = options_.fraction_threshold,
                                          .resample_masks = options_.resample_masks,
                                          .recanonicalise = options_.recanonicalise,
                                          .folder = folder_of(item.part)});
    });
  }

  void collect_warnings() {
    int64_t resampled = 0;
    int64_t not_canonical = 0;
    for (const std::vector<PackedCase>& cases : packed_) {
      for (const PackedCase& one : cases) {
        summary_.warnings.insert(summary_.warnings.end(), one.warnings.begin(), one.warnings.end());
        resampled += one.resampled_labels;
        not_canonical += one.texts_not_canonical;
      }
    }
    if (resampled > 0) {
      summary_.warnings.push_back(core::counted(resampled, "label file") +
                                  " brought onto the grids of the images, nearest voxel");
    }
    if (not_canonical > 0) {
      summary_.warnings.push_back(core::counted(not_canonical, "run text") +
                                  " not canonical and kept; --recanonicalise rewrites them");
    }
  }

  // By the smallest label value of a class; classes of mask files without values by name, last.
  void order_classes() {
    if (inputs_.dataset != nullptr) {
      summary_.class_names = inputs_.dataset->class_names();
      return;
    }
    std::map<std::string, int64_t> order;
    const auto lower = [&order](const std::string& name, int64_t value) {
      const auto [entry, is_new] = order.try_emplace(name, value);
      entry->second = std::min(entry->second, value);
    };
    for (const auto& [value, name] : inputs_.label_names) {
      lower(name, value);
    }
    constexpr int64_t kNoValue = int64_t{1} << 40;
    for (const std::vector<PackedCase>& cases : packed_) {
      for (const PackedCase& one : cases) {
        for (const auto& [name, text] : one.text_of_class) {
          const auto value = one.value_of_class.find(name);
          lower(name, value == one.value_of_class.end() ? kNoValue : value->second);
        }
      }
    }
    take_in_order(order);
  }

  void take_in_order(const std::map<std::string, int64_t>& order) {
    std::vector<std::pair<int64_t, std::string>> sorted;
    sorted.reserve(order.size());
    for (const auto& [name, value] : order) {
      sorted.emplace_back(value, name);
    }
    std::ranges::sort(sorted);
    for (auto& [value, name] : sorted) {
      summary_.class_names.push_back(std::move(name));
    }
    if (summary_.class_names.empty()) {
      throw Error(ErrorKind::kFormat, "dataset.pack",
                  "the label files hold no label but 0; expected one class or more");
    }
  }

  void write() {
    archive::ZipWriter zip(output_, options_.overwrite);
    std::set<std::string> images;
    for (const Part part : kParts) {
      for (const PackedCase& one : packed_of(part)) {
        if (images.insert(one.image).second) {
          zip.add_file(std::string(kImageFolder) + one.image, one.source);
        }
      }
      if (!packed_of(part).empty()) {
        zip.add(std::string(name_of(part)) + ".pq", table_of(part));
      }
    }
    zip.commit(options_.work);
  }

  core::Buffer table_of(Part part) {
    const std::vector<PackCase>& cases = inputs_.of(part);
    std::vector<internal::TableRow> rows;
    for (size_t index = 0; index < cases.size(); ++index) {
      PackedCase& one = packed_of(part)[index];
      internal::TableRow row{.image = one.image,
                             .run_texts = {},
                             .shape = one.shape,
                             .spacing_mm = one.spacing_mm,
                             .fold = cases[index].fold,
                             .group = cases[index].group};
      for (const std::string& name : summary_.class_names) {
        row.run_texts.push_back(std::move(one.text_of_class[name]));
      }
      rows.push_back(std::move(row));
    }
    const bool has_masks = cases.front().has_masks();
    return internal::encode_table(std::move(rows),
                                  has_masks ? summary_.class_names : std::vector<std::string>{});
  }

  std::filesystem::path output_;
  const PackOptions& options_;
  internal::PackInputs inputs_;
  std::array<std::vector<PackedCase>, 3> packed_;
  std::optional<core::OutputFolder> folder_;
  PackSummary summary_;
};

}  // namespace

PackSummary pack(const std::filesystem::path& output, const PackOptions& options) {
  return Packer(output, options).pack();
}

}  // namespace volseg::dataset
