// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "volseg/dataset/findings.h"

namespace volseg::dataset::internal {

/// Takes the defects that are met while a dataset is resolved.
class FindingSink {
 public:
  virtual ~FindingSink() = default;
  virtual void add(Finding finding) = 0;
};

/// Keeps all.
class CollectingSink : public FindingSink {
 public:
  void add(Finding finding) override;
  std::vector<Finding> findings;
};

/// Stops at the first error and keeps warnings as text.
class ThrowingSink : public FindingSink {
 public:
  /// @param dataset  path of the dataset, for messages
  explicit ThrowingSink(std::string dataset) : dataset_(std::move(dataset)) {}
  /// @throws Error with the kind of the code for an error
  void add(Finding finding) override;
  std::vector<std::string> warnings;

 private:
  std::string dataset_;
};

}  // namespace volseg::dataset::internal
