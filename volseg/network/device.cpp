// SPDX-License-Identifier: Apache-2.0
#include "volseg/network/device.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <dlfcn.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>
#include <thread>

#include "volseg/core/error.h"
#include "volseg/network/torch_device.h"

namespace volseg::network {

namespace {

constexpr int kAnyIndex = -1;

std::optional<int> cuda_index(std::string_view name) {
  constexpr std::string_view kPrefix = "cuda";
  if (!name.starts_with(kPrefix)) {
    return std::nullopt;
  }
  name.remove_prefix(kPrefix.size());
  if (name.empty()) {
    return 0;
  }
  int index = 0;
  const auto [end, code] = std::from_chars(name.data() + 1, name.data() + name.size(), index);
  const bool whole = end == name.data() + name.size() && name.size() > 1;
  return name.front() == ':' && whole && code == std::errc{} && index >= 0
             ? std::optional<int>(index)
             : std::nullopt;
}

std::filesystem::path folder_of_torch() {
  Dl_info info{};
  const void* inside = reinterpret_cast<const void*>(&at::get_num_threads);
  return dladdr(inside, &info) != 0 && info.dli_fname != nullptr
             ? std::filesystem::path(info.dli_fname).parent_path()
             : std::filesystem::path();
}

std::string open_library(const std::filesystem::path& path) {
  if (dlopen(path.c_str(), RTLD_NOW | RTLD_GLOBAL) != nullptr) {
    return {};
  }
  const char* reason = dlerror();
  return reason == nullptr ? path.string() + " cannot be opened" : reason;
}

// Empty when CUDA can be used; else why not.
std::string open_cuda() {
  if (at::hasCUDA()) {
    return {};
  }
  if (!open_library("libcuda.so.1").empty()) {
    return "no NVIDIA driver (libcuda.so.1) on this machine";
  }
  const std::filesystem::path folder = folder_of_torch();
  for (const char* library : {"libc10_cuda.so", "libtorch_cuda.so"}) {
    if (const std::string reason = open_library(folder / library); !reason.empty()) {
      return "LibTorch's CUDA part cannot be opened: " + reason;
    }
  }
  return at::hasCUDA() ? std::string() : "LibTorch finds no CUDA device";
}

std::string check_cuda(int index) {
  if (std::string reason = open_cuda(); !reason.empty()) {
    return reason;
  }
  const auto count = static_cast<int>(at::detail::getCUDAHooks().deviceCount());
  const int wanted = std::max(index, 0);
  return wanted < count ? std::string()
                        : "there are " + std::to_string(count) + " CUDA devices, device " +
                              std::to_string(wanted) + " is not one of them";
}

int set_threads(int threads) {
  const auto cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  const int used = threads > 0 ? threads : cores;
  at::set_num_threads(used);
  return used;
}

}  // namespace

bool processor_has_bfloat16() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512bf16") != 0;
#else
  return false;
#endif
}

std::string ComputeDevice::name() const {
  return cuda ? "cuda:" + std::to_string(index) : std::string("cpu");
}

std::string_view ComputeDevice::precision() const {
  return bfloat16 ? "bfloat16 autocast" : "float32";
}

ComputeDevice open_device(std::string_view name, int threads) {
  const std::optional<int> wanted = name == "auto" ? kAnyIndex : cuda_index(name);
  if (name != "cpu" && !wanted.has_value()) {
    throw Error(ErrorKind::kUsage, "network.open_device",
                "device \"" + std::string(name) + "\"; expected auto, cpu, cuda or cuda:N");
  }
  set_threads(threads);
  ComputeDevice device;
  device.reason = wanted.has_value() ? check_cuda(*wanted) : "asked for";
  device.cuda = wanted.has_value() && device.reason.empty();
  device.index = device.cuda ? std::max(*wanted, 0) : 0;
  device.bfloat16 = device.cuda || processor_has_bfloat16();
  if (!device.cuda && wanted.has_value() && *wanted != kAnyIndex) {
    throw Error(ErrorKind::kUnavailable, "network.open_device",
                "device \"" + std::string(name) + "\": " + device.reason +
                    "; use --device cpu, or install the NVIDIA driver and the full torch wheel");
  }
  return device;
}

int compute_threads() { return at::get_num_threads(); }

c10::Device to_torch(const ComputeDevice& device) {
  return device.cuda ? c10::Device(c10::kCUDA, static_cast<c10::DeviceIndex>(device.index))
                     : c10::Device(c10::kCPU);
}

c10::ScalarType compute_type(const ComputeDevice& device) {
  return device.bfloat16 ? c10::kBFloat16 : c10::kFloat;
}

}  // namespace volseg::network
