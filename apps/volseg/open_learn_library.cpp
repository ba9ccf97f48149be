// SPDX-License-Identifier: Apache-2.0
#include <dlfcn.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "apps/volseg/learn_library.h"
#include "volseg/core/error.h"

namespace volseg::app {

namespace {

std::filesystem::path find_library() {
  const std::filesystem::path folder =
      std::filesystem::read_symlink("/proc/self/exe").parent_path();
  for (const char* place : {".", "../lib", "../lib/x86_64-linux-gnu", "../lib64"}) {
    std::filesystem::path path = folder / place / "libvolseg_learn.so";
    if (std::filesystem::exists(path)) {
      return path;
    }
  }
  throw Error(ErrorKind::kUnavailable, "volseg.open_learn_library",
              "this volseg was built without LibTorch; build it with VOLSEG_WITH_TORCH=ON to train "
              "and predict");
}

}  // namespace

LearnLibrary open_learn_library() {
  // libgomp reads this when it loads; its waiting threads would otherwise spin beside the loaders.
  setenv("OMP_WAIT_POLICY", "passive", 0);
  const std::filesystem::path path = find_library();
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_GLOBAL);
  if (library == nullptr) {
    throw Error(ErrorKind::kUnavailable, "volseg.open_learn_library",
                std::string("the learning library cannot be loaded: ") + dlerror());
  }
  using Entry = LearnLibrary (*)();
  const auto entry = reinterpret_cast<Entry>(dlsym(library, kLearnLibraryEntry));
  if (entry == nullptr) {
    throw Error(ErrorKind::kUnavailable, "volseg.open_learn_library",
                path.string() + ": not a learning library of this version");
  }
  return entry();
}

}  // namespace volseg::app
