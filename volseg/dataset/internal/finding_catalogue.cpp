// SPDX-License-Identifier: Apache-2.0
#include "volseg/dataset/internal/finding_catalogue.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace volseg::dataset::internal {

namespace {

constexpr auto kError = Severity::kError;
constexpr auto kWarning = Severity::kWarning;
constexpr auto kNote = Severity::kNote;
constexpr auto kFormat = ErrorKind::kFormat;
constexpr auto kUsage = ErrorKind::kUsage;

constexpr std::string_view kWriteCanonical =
    "encode the mask again; `volseg check --fix` writes the canonical text";

constexpr std::array kCodes = {
    CodeInfo{"archive-unreadable", kError, kFormat, "the archive as a whole is unsound",
             "copy or make the zip again"},
    CodeInfo{"member-unreadable", kError, kFormat,
             "a file that is neither a table nor an image in use is damaged",
             "copy or make the zip again, or remove the file"},
    CodeInfo{"no-table", kError, kFormat, "no Parquet table can be used for training",
             "add train.pq, or name a table with train_dataframe"},
    CodeInfo{"table-missing", kError, kFormat, "a table that the settings name does not exist",
             "correct the setting"},
    CodeInfo{"table-ambiguous", kError, kUsage, "several tables could be meant",
             "name one with train_dataframe, validation_dataframe or test_dataframe"},
    CodeInfo{"table-unreadable", kError, kFormat, "a table is damaged or not Parquet",
             "write the table again"},
    CodeInfo{"table-not-fixed", kError, kFormat,
             "a repaired table cannot be written; it was copied as it is",
             "write the table again with text in UTF-8"},
    CodeInfo{"table-empty", kError, kFormat, "a table has no rows", "add rows or remove the table"},
    CodeInfo{"column-missing", kError, kFormat, "a column does not exist",
             "add the column, or name it in the import settings"},
    CodeInfo{"column-ambiguous", kError, kUsage, "several columns could be the image column",
             "name one with image_column"},
    CodeInfo{"column-type", kError, kFormat, "a column has a type that does not fit its role",
             "write the column again with the expected type"},
    CodeInfo{"column-left-out", kWarning, kFormat,
             "a column of a type that volseg does not read is missing in the fixed dataset",
             "copy the column from the table that was fixed, if it is needed"},
    CodeInfo{"cell-null", kError, kFormat, "a required cell or list element is null",
             "fill the cell; the text of an absent class is an empty string"},
    CodeInfo{"list-length-mismatch", kError, kFormat,
             "a row has unequal numbers of classes and masks",
             "give every class one text, empty when it is absent"},
    CodeInfo{"class-duplicate", kError, kFormat, "a row lists a class twice",
             "list each class once"},
    CodeInfo{"class-set-differs", kError, kFormat, "a row lists other classes than the first row",
             "list all classes in every row, with an empty text where a class is absent"},
    CodeInfo{"class-name-invalid", kError, kFormat,
             "a class name is empty, too long or holds control characters", "rename the class"},
    CodeInfo{"class-name-unusual", kWarning, kFormat,
             "a class name is easily misread by other programs", "rename the class"},
    CodeInfo{"class-order-differs", kWarning, kFormat,
             "a row lists the classes in another order; they are matched by name",
             "list the classes in one order; `volseg check --fix` does so"},
    CodeInfo{"geometry-column-invalid", kError, kFormat,
             "a cell of column shape or spacing_mm is not three positive numbers",
             "correct the cell or drop the column"},
    CodeInfo{"image-name-invalid", kError, kFormat, "an image cell is not a plain file name",
             "write the file name only, with its extension"},
    CodeInfo{"image-duplicate", kError, kFormat, "a table lists an image twice",
             "keep one row for each image, with all classes in its lists"},
    CodeInfo{"image-stem-duplicate", kError, kFormat,
             "two images of a table differ in their extension only", "rename one of the images"},
    CodeInfo{"folder-missing", kError, kFormat, "a data folder does not exist",
             "correct data_folder or data_folder_test"},
    CodeInfo{"folder-ambiguous", kError, kUsage, "several folders hold the images",
             "name one with data_folder or data_folder_test"},
    CodeInfo{"image-missing", kError, kFormat, "an image is not in the data folder",
             "add the file or remove the row"},
    CodeInfo{"image-unused", kWarning, kFormat, "no row names an image of the data folder",
             "add a row or remove the file"},
    CodeInfo{"image-unreadable", kError, kFormat, "an image file is damaged or of another format",
             "write the image again as .npy or NIfTI"},
    CodeInfo{"image-header", kWarning, kFormat, "an image header has oddities",
             "write the image again with a correct header"},
    CodeInfo{"image-nonfinite", kError, kFormat, "an image holds NaN or infinity",
             "replace these voxels by a number"},
    CodeInfo{"image-constant", kError, kFormat, "all voxels of an image are equal",
             "check how the image was made"},
    CodeInfo{"image-channels-differ", kError, kFormat, "images differ in their number of channels",
             "give every image the same channels"},
    CodeInfo{"image-many-channels", kWarning, kFormat, "an image has unusually many channels",
             "split a time series into one image for each time"},
    CodeInfo{"image-content-repeated", kWarning, kFormat,
             "two images of a table hold the same voxels", "keep one of the rows"},
    CodeInfo{"image-content-in-two-tables", kError, kFormat,
             "images of two tables hold the same voxels", "remove the row from one of the tables"},
    CodeInfo{"shape-differs-from-column", kError, kFormat,
             "an image has another shape than column shape says",
             "correct the column or the image"},
    CodeInfo{"spacing-differs-from-column", kError, kFormat,
             "an image has another spacing than column spacing_mm says",
             "correct the column or the image"},
    CodeInfo{"shape-outlier", kNote, kFormat, "an image has an extent far from the others",
             "check the image and its axes"},
    CodeInfo{"spacing-outlier", kNote, kFormat, "an image has a spacing far from the others",
             "check the header of the image"},
    CodeInfo{"intensity-outlier", kNote, kFormat, "an image has intensities far from the others",
             "check the unit and the scale of the image"},
    CodeInfo{"image-in-train-and-validation", kError, kFormat,
             "an image is in both the training and the validation table",
             "remove it from one of the tables"},
    CodeInfo{"image-in-train-and-test", kError, kFormat,
             "an image is in both the training and the test table",
             "remove it from one of the tables"},
    CodeInfo{"image-in-validation-and-test", kError, kFormat,
             "an image is in both the validation and the test table",
             "remove it from one of the tables"},
    CodeInfo{"fold-null", kError, kFormat, "a row has no fold", "give every row a fold"},
    CodeInfo{"fold-single", kError, kFormat, "all rows are in one fold",
             "use two folds or more, or drop the column"},
    CodeInfo{"fold-empty", kWarning, kFormat, "a fold has no rows, or rows without any voxel",
             "check the fold column"},
    CodeInfo{"fold-values", kNote, kFormat,
             "folds are not numbered 0, 1, 2 ... or 1, 2, 3 ...; they are taken in order",
             "nothing, when the order is meant so"},
    CodeInfo{"splits-impossible", kError, kUsage,
             "the training and validation sets that the settings ask for cannot be made",
             "correct the validation settings or the tables"},
    CodeInfo{"group-in-two-tables", kWarning, kFormat, "rows of one group are in two tables",
             "keep all rows of a group in one table"},
    CodeInfo{"group-split", kWarning, kFormat,
             "rows of one group are in the training and in the validation set",
             "give all rows of a group one fold, or set group_fold_column and, with a fold "
             "column, validation_strategy grouped_kfold"},
    CodeInfo{"rle-odd-token-count", kError, kFormat, "a start has no length",
             "encode the mask again"},
    CodeInfo{"rle-start-zero", kError, kFormat, "a run starts at voxel 0",
             "add 1 to every start: positions are counted from 1; `volseg check --fix "
             "--assume-zero-based` does so"},
    CodeInfo{"rle-negative", kError, kFormat, "a start or length is negative",
             "encode the mask again"},
    CodeInfo{"rle-not-a-number", kError, kFormat, "a token is not a decimal integer",
             "encode the mask again; the text of an absent class is an empty string"},
    CodeInfo{"rle-run-past-end", kError, kFormat, "a run ends behind the last voxel",
             "encode the mask with the shape of its image"},
    CodeInfo{"rle-overflow", kError, kFormat, "a number does not fit in 63 bits",
             "encode the mask again"},
    CodeInfo{"rle-unsorted", kWarning, kFormat, "runs are not in ascending order; they are sorted",
             kWriteCanonical},
    CodeInfo{"rle-overlapping", kWarning, kFormat, "runs overlap; their union is used",
             kWriteCanonical},
    CodeInfo{"rle-touching", kWarning, kFormat, "runs touch; they are joined", kWriteCanonical},
    CodeInfo{"rle-zero-length", kWarning, kFormat, "a run has length 0; it is dropped",
             kWriteCanonical},
    CodeInfo{"rle-white-space", kWarning, kFormat,
             "tokens are separated by other white space than single spaces", kWriteCanonical},
    CodeInfo{"rle-leading-zeros", kWarning, kFormat, "a number has leading zeros", kWriteCanonical},
    CodeInfo{
        "rle-zero-based", kError, kFormat, "the run-length texts seem to count voxels from 0",
        "look at the overlay with `volseg show`; `volseg check --fix --assume-zero-based` adds 1 "
        "to every start"},
    CodeInfo{
        "rle-axis-order", kError, kFormat, "the masks of a row fit another order of the axes",
        "look at the overlay with `volseg show`; `volseg check --fix --assume-axis-order` with "
        "these axes turns all masks back"},
    CodeInfo{"rle-other-shape", kError, kFormat, "the masks of a row fit an array of another shape",
             "look at the overlay with `volseg show`; encode the mask with the shape of its image"},
    CodeInfo{"class-empty-everywhere", kWarning, kFormat, "a class has no voxel in any row",
             "check the masks of the class or remove it"},
    CodeInfo{"classes-overlap", kWarning, kFormat,
             "two classes share voxels, which is allowed and needs one output for each class",
             "nothing, when the classes are meant to overlap"},
    CodeInfo{"file-ignored", kNote, kFormat, "files that operating systems leave behind",
             "nothing; `volseg check --fix` leaves them out"},
};

std::string place_of(const Finding& finding) {
  std::string text = finding.member;
  const auto append = [&text](const std::string& part) {
    text += (text.empty() ? "" : ", ") + part;
  };
  if (finding.row) {
    text += fmt::format("{}row {}", text.empty() ? "" : " ", *finding.row);
  }
  if (!finding.column.empty()) {
    append("column " + finding.column);
  }
  if (!finding.class_name.empty()) {
    append("class " + in_quotes(finding.class_name));
  }
  return text;
}

}  // namespace

std::span<const CodeInfo> finding_catalogue() { return kCodes; }

const CodeInfo* find_code(std::string_view code) {
  const auto* found = std::ranges::find(kCodes, code, &CodeInfo::code);
  return found == kCodes.end() ? nullptr : found;
}

Finding make_finding(std::string_view code, Place place, std::string found, std::string expected) {
  const CodeInfo* info = find_code(code);
  Finding finding{.code = std::string(code)};
  finding.member = std::move(place.member);
  finding.row = place.row;
  finding.column = std::move(place.column);
  constexpr size_t kMostNameBytes = 256;
  finding.class_name = place.class_name.substr(0, kMostNameBytes);
  finding.byte_offset = place.byte_offset;
  finding.expected = std::move(expected);
  finding.found = std::move(found);
  if (info != nullptr) {
    finding.severity = info->severity;
    finding.fix = info->fix;
  }
  return finding;
}

std::string text_of(const Finding& finding) {
  const std::string place = place_of(finding);
  std::string text = place.empty() ? finding.found : place + ": " + finding.found;
  if (!finding.expected.empty()) {
    const bool is_noun = finding.expected.starts_with("a ") || finding.expected.starts_with("an ");
    text += (is_noun ? "; expected " : "; ") + finding.expected;
  }
  return printable(text, 2000);
}

std::string without_place(std::string_view message, std::string_view member) {
  const std::string place = std::string(member) + ": ";
  while (message.starts_with(place)) {
    message.remove_prefix(place.size());
  }
  return std::string(message);
}

std::string counted(int64_t count, std::string_view thing) {
  return fmt::format("{} {}{}", count, thing, count == 1 ? "" : "s");
}

std::string printable(std::string_view text, size_t longest_bytes) {
  std::string result;
  for (const char letter : text.substr(0, longest_bytes)) {
    const auto byte = static_cast<unsigned char>(letter);
    if (byte < 0x20 || byte == 0x7f) {
      result += fmt::format("\\x{:02x}", byte);
    } else {
      result += letter;
    }
  }
  return text.size() > longest_bytes ? result + "..." : result;
}

std::string in_quotes(std::string_view text) { return '"' + printable(text, 100) + '"'; }

}  // namespace volseg::dataset::internal
