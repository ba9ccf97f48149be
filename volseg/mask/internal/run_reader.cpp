// SPDX-License-Identifier: Apache-2.0
#include "volseg/mask/internal/run_reader.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "volseg/mask/internal/kernels.h"
#include "volseg/mask/internal/runs.h"

namespace volseg::mask::internal {

namespace {

constexpr size_t kShownTokenBytes = 40;

bool is_white_space(char letter) { return letter == ' ' || (letter >= '\t' && letter <= '\r'); }
bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

// The token of a pair that leaves the image, if any, with its error.
void check_range(Token& start, Token& length, int64_t voxels) {
  if (start.value > voxels) {
    start.error = RunTextError::kRunPastEnd;
  } else if (length.value > voxels - start.value + 1) {
    length.error = RunTextError::kRunPastEnd;
  }
}

}  // namespace

bool TokenReader::next(Token& token) {
  const size_t gap_begin = position_;
  while (position_ < text_.size() && is_white_space(text_[position_])) {
    warnings_.other_white_space |= text_[position_] != ' ';
    ++position_;
  }
  const bool at_end = position_ == text_.size();
  const bool at_border = gap_begin == 0 || at_end;
  warnings_.other_white_space |= position_ - gap_begin > (at_border ? 0 : 1);
  if (!at_end) {
    read_number(token);
  }
  return !at_end;
}

void TokenReader::read_number(Token& token) {
  token = {.begin = position_};
  bool digits_only = true;
  for (; position_ < text_.size() && !is_white_space(text_[position_]); ++position_) {
    digits_only = digits_only && is_digit(text_[position_]);
  }
  token.end = position_;
  if (text_[token.begin] == '-') {
    token.error = RunTextError::kNegative;
  } else if (!digits_only) {
    token.error = RunTextError::kNotANumber;
  } else {
    finish_number(token);
  }
}

void TokenReader::finish_number(Token& token) {
  std::string_view digits = text_.substr(token.begin, token.end - token.begin);
  const size_t zeros = std::min(digits.find_first_not_of('0'), digits.size() - 1);
  warnings_.leading_zeros |= zeros > 0;
  digits.remove_prefix(zeros);
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), token.value);
  if (read.ec != std::errc{}) {
    token.error = RunTextError::kOverflow;
  }
}

UnionBuilder::UnionBuilder(std::vector<Run> storage, size_t likely_runs, RunTextWarnings& warnings)
    : warnings_(warnings), runs_(std::move(storage)) {
  runs_.clear();
  runs_.reserve(likely_runs);
}

void UnionBuilder::add(const Run& run) {
  if (run.length == 0) {
    warnings_.zero_length = true;
  } else if (run.start < last_start_) {
    warnings_.unsorted = true;
    runs_.push_back(run);
  } else {
    last_start_ = run.start;
    join(runs_, run);
  }
}

void UnionBuilder::add_canonical(const Run* runs, int64_t count) {
  runs_.insert(runs_.end(), runs, runs + count);
  last_start_ = runs_.back().start;
}

std::optional<int64_t> UnionBuilder::last_end() const {
  if (warnings_.unsorted) {
    return std::nullopt;
  }
  return runs_.empty() ? -1 : end_of(runs_.back());
}

std::vector<Run> UnionBuilder::finish() {
  if (!warnings_.unsorted) {
    return std::move(runs_);
  }
  std::sort(runs_.begin(), runs_.end(),
            [](const Run& first, const Run& second) { return first.start < second.start; });
  std::vector<Run> joined;
  for (const Run& run : runs_) {
    join(joined, run);
  }
  return joined;
}

// The last run of `runs` starts no later than `run`, or has been passed by an unsorted one.
void UnionBuilder::join(std::vector<Run>& runs, const Run& run) {
  if (runs.empty() || run.start < runs.back().start || run.start > end_of(runs.back())) {
    runs.push_back(run);
    return;
  }
  Run& last = runs.back();
  const bool touching = run.start == end_of(last);
  warnings_.touching |= touching;
  warnings_.overlapping |= !touching;
  last.length = std::max(end_of(last), end_of(run)) - last.start;
}

RunReader::RunReader(std::string_view text, const core::Shape3& shape, ParsedRuns& parsed,
                     RunSink& sink)
    : text_(text),
      voxels_(core::voxel_count(shape)),
      parsed_(parsed),
      tokens_(text, parsed.warnings),
      sink_(sink) {
  parsed_.mask.shape = shape;
}

void RunReader::read_plainly() {
  while (read_some_plainly(INT64_MAX)) {
  }
}

void RunReader::read_all() {
  constexpr int64_t kRunsBetweenTries = 16;
  while (read_some_plainly(kRunsBetweenTries)) {
    read_canonical();
  }
}

// False at the end of the text and at an error.
bool RunReader::read_some_plainly(int64_t most_runs) {
  Token start;
  Token length;
  for (int64_t run = 0; run < most_runs; ++run, ++run_number_) {
    if (!tokens_.next(start)) {
      return false;
    }
    if (start.error == RunTextError::kNone && start.value == 0) {
      start.error = RunTextError::kStartZero;
    }
    if (start.error == RunTextError::kNone && !tokens_.next(length)) {
      start.error = RunTextError::kOddTokenCount;
    }
    if (start.error == RunTextError::kNone && length.error == RunTextError::kNone) {
      check_range(start, length, voxels_);
    }
    if (start.error != RunTextError::kNone || length.error != RunTextError::kNone) {
      fail(start.error != RunTextError::kNone ? start : length);
      return false;
    }
    sink_.add({start.value - 1, length.value});
  }
  return true;
}

void RunReader::read_canonical() {
  std::array<Run, kCanonicalRuns> runs;
  CanonicalText read{};
  do {
    const size_t begin = tokens_.position() + 1;
    const std::optional<int64_t> last_end = sink_.last_end();
    if (!last_end || begin < kCanonicalBytesBefore || begin >= text_.size() ||
        text_[begin - 1] != ' ') {
      return;
    }
    read = parse_canonical(text_.data() + begin, static_cast<int64_t>(text_.size() - begin),
                           {*last_end, voxels_}, runs.data());
    if (read.runs > 0) {
      sink_.add_canonical(runs.data(), read.runs);
      run_number_ += read.runs;
      tokens_.skip_to(begin + static_cast<size_t>(read.bytes));
    }
  } while (read.runs > 0);
}

void RunReader::fail(const Token& token) {
  parsed_.error = token.error;
  parsed_.run_number = run_number_;
  parsed_.byte_offset = static_cast<int64_t>(token.begin);
  parsed_.token = text_.substr(token.begin, std::min(token.end - token.begin, kShownTokenBytes));
}

ParsedRuns parse_runs(std::string_view text, const core::Shape3& shape, Reading reading,
                      std::vector<Run> storage) {
  constexpr size_t kUsualRunBytes = 10;
  ParsedRuns parsed;
  // Separate runs are at most every other voxel, however long the text is.
  const auto most_runs = static_cast<size_t>(core::voxel_count(shape) / 2 + 1);
  UnionBuilder runs(std::move(storage), std::min(text.size() / kUsualRunBytes, most_runs),
                    parsed.warnings);
  RunReader reader(text, shape, parsed, runs);
  if (reading == Reading::kFast) {
    reader.read_all();
  } else {
    reader.read_plainly();
  }
  if (parsed.error == RunTextError::kNone) {
    parsed.mask.runs = runs.finish();
  } else {
    parsed.warnings = {};
  }
  return parsed;
}

}  // namespace volseg::mask::internal
