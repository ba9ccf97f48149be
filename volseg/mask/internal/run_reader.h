// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "volseg/core/array.h"
#include "volseg/mask/run_text.h"

namespace volseg::mask::internal {

/// A token of a text and what is wrong with it.
struct Token {
  size_t begin = 0;
  size_t end = 0;
  int64_t value = 0;
  RunTextError error = RunTextError::kNone;
};

/// Splits a text at white space and reads each token as a decimal integer.
class TokenReader {
 public:
  TokenReader(std::string_view text, RunTextWarnings& warnings)
      : text_(text), warnings_(warnings) {}

  /// False at the end of the text.
  bool next(Token& token);
  /// Of the first byte behind the last token.
  [[nodiscard]] size_t position() const { return position_; }
  void skip_to(size_t position) { position_ = position; }

 private:
  void read_number(Token& token);
  void finish_number(Token& token);

  std::string_view text_;
  RunTextWarnings& warnings_;
  size_t position_ = 0;
};

/// Collects runs; joins them at once while they come in order.
class UnionBuilder {
 public:
  explicit UnionBuilder(RunTextWarnings& warnings) : warnings_(warnings) {}

  void reserve(size_t runs) { runs_.reserve(runs); }
  void add(const Run& run);
  /// Runs that ascend, do not touch and begin behind last_end().
  void add_canonical(const Run* runs, int64_t count);
  /// -1 before the first run.
  [[nodiscard]] int64_t last_end() const;
  [[nodiscard]] std::vector<Run> finish();

 private:
  void join(std::vector<Run>& runs, const Run& run);

  RunTextWarnings& warnings_;
  std::vector<Run> runs_;
  int64_t last_start_ = 0;
};

/// Reads a text by its rules. Stretches of canonical text are read many tokens at a time; what is
/// not canonical is read token by token, which is the reference of the fast way.
class RunReader {
 public:
  RunReader(std::string_view text, const core::Shape3& shape);

  [[nodiscard]] ParsedRuns read_all();
  /// As read_all, without the fast way.
  [[nodiscard]] ParsedRuns read_plainly();

 private:
  bool read_some_plainly(int64_t most_runs);
  void read_canonical();
  void fail(const Token& token);
  ParsedRuns finish();

  std::string_view text_;
  int64_t voxels_;
  ParsedRuns parsed_;
  TokenReader tokens_;
  UnionBuilder runs_;
  int64_t run_number_ = 1;
};

}  // namespace volseg::mask::internal
