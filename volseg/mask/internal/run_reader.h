// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
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

/// Takes the runs of a text in its order.
class RunSink {
 public:
  RunSink() = default;
  RunSink(const RunSink&) = delete;
  RunSink& operator=(const RunSink&) = delete;
  virtual ~RunSink() = default;

  virtual void add(const Run& run) = 0;
  /// Runs that ascend, do not touch and begin behind last_end().
  virtual void add_canonical(const Run* runs, int64_t count) = 0;
  /// Of the last run, -1 before the first; none when the next run is not canonical wherever it is.
  [[nodiscard]] virtual std::optional<int64_t> last_end() const = 0;
};

/// Collects runs; joins them at once while they come in order.
class UnionBuilder final : public RunSink {
 public:
  /// @param storage  whose memory is used
  UnionBuilder(std::vector<Run> storage, size_t likely_runs, RunTextWarnings& warnings);

  void add(const Run& run) override;
  void add_canonical(const Run* runs, int64_t count) override;
  [[nodiscard]] std::optional<int64_t> last_end() const override;
  [[nodiscard]] std::vector<Run> finish();

 private:
  void join(std::vector<Run>& runs, const Run& run);

  RunTextWarnings& warnings_;
  std::vector<Run> runs_;
  int64_t last_start_ = 0;
};

/// Reads a text by its rules into a sink. Stretches of canonical text are read many tokens at a
/// time; what is not canonical is read token by token, which is the reference of the fast way.
class RunReader {
 public:
  /// What concerns the text goes to `parsed`, whose warnings the sink may share.
  RunReader(std::string_view text, const core::Shape3& shape, ParsedRuns& parsed, RunSink& sink);

  void read_all();
  /// As read_all, without the fast way.
  void read_plainly();

 private:
  bool read_some_plainly(int64_t most_runs);
  void read_canonical();
  void fail(const Token& token);

  std::string_view text_;
  int64_t voxels_;
  ParsedRuns& parsed_;
  TokenReader tokens_;
  RunSink& sink_;
  int64_t run_number_ = 1;
};

/// parse_runs by either way of reading.
enum class Reading : uint8_t { kFast, kPlain };
[[nodiscard]] ParsedRuns parse_runs(std::string_view text, const core::Shape3& shape,
                                    Reading reading, std::vector<Run> storage = {});

/// @throws Error(kFormat) with run, byte offset, token and rule when `parsed` has an error
void require_sound(const ParsedRuns& parsed);

}  // namespace volseg::mask::internal
