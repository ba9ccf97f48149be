// SPDX-License-Identifier: Apache-2.0
#include "apps/volseg/learn_library.h"

extern "C" volseg::app::LearnLibrary volseg_learn_library();

extern "C" volseg::app::LearnLibrary volseg_learn_library() {
  return {&volseg::train::train, &volseg::predict::predict};
}
