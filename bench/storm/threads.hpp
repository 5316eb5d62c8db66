#pragma once
// What the scheduler reports about a server's threads, and a CPU quota to limit it. Linux only.

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>

namespace portcullis::bench {

/// Sums over some threads of a process, from /proc/PID/task/*/schedstat.
struct ThreadTimes {
  unsigned threads = 0;
  double ran_s = 0;     ///< on a CPU
  double waited_s = 0;  ///< runnable, but waiting for a CPU
  double turns = 0;     ///< how often one of them was given a CPU
};
/// The threads named `reactor-N`.
[[nodiscard]] ThreadTimes reactor_times(pid_t pid);
/// The threads of lower priority: the hash threads.
[[nodiscard]] ThreadTimes hash_times(pid_t pid);

struct Throttling {
  std::uint64_t periods = 0;
  std::uint64_t throttled = 0;
  double throttled_s = 0;
};

/// A control group with a CPU quota, version 1 or 2; removed at destruction, when its processes must have ended.
class CpuGroup {
 public:
  /// Nothing when the system does not permit it.
  [[nodiscard]] static std::optional<CpuGroup> make(double quota_cores);
  ~CpuGroup();
  CpuGroup(CpuGroup&& other) noexcept;
  CpuGroup(const CpuGroup&) = delete;
  CpuGroup& operator=(const CpuGroup&) = delete;
  [[nodiscard]] std::filesystem::path procs() const { return folder_ / "cgroup.procs"; }
  [[nodiscard]] Throttling throttling() const;

 private:
  explicit CpuGroup(std::filesystem::path folder) : folder_(std::move(folder)) {}
  std::filesystem::path folder_;
};

}  // namespace portcullis::bench
