#include "bench/storm/threads.hpp"

#include <unistd.h>

#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <utility>

namespace portcullis::bench {
namespace {

namespace fs = std::filesystem;

constexpr unsigned period_us = 100'000;

std::string text_of(const fs::path& file) {
  std::ifstream in(file);
  return std::string((std::istreambuf_iterator<char>(in)), {});
}

bool write_text(const fs::path& file, const std::string& text) {
  std::ofstream out(file);
  out << text << std::flush;
  return out.good();
}

ThreadTimes times_of(pid_t pid, const std::function<bool(const fs::path& task)>& wanted) {
  ThreadTimes sum;
  for (const fs::directory_entry& task : fs::directory_iterator("/proc/" + std::to_string(pid) + "/task")) {
    if (!wanted(task.path())) continue;
    std::istringstream fields(text_of(task.path() / "schedstat"));
    double ran_ns = 0, waited_ns = 0, turns = 0;
    fields >> ran_ns >> waited_ns >> turns;
    ++sum.threads;
    sum.ran_s += ran_ns / 1e9;
    sum.waited_s += waited_ns / 1e9;
    sum.turns += turns;
  }
  return sum;
}

/// Field 19 of /proc/PID/stat; the second may hold spaces.
int niceness(const fs::path& task) {
  const std::string text = text_of(task / "stat");
  std::istringstream fields(text.substr(std::min(text.size(), text.rfind(')') + 1)));
  std::string skipped;
  for (int field = 3; field < 19; ++field) fields >> skipped;
  int value = 0;
  fields >> value;
  return value;
}

}  // namespace

ThreadTimes reactor_times(pid_t pid) {
  return times_of(pid, [](const fs::path& task) { return text_of(task / "comm").starts_with("reactor-"); });
}

ThreadTimes hash_times(pid_t pid) {
  return times_of(pid, [](const fs::path& task) { return niceness(task) > 0; });
}

std::optional<CpuGroup> CpuGroup::make(double quota_cores) {
  const std::string name = "portcullis-bench-" + std::to_string(::getpid());
  const std::string quota = std::to_string(static_cast<unsigned>(quota_cores * period_us));
  std::error_code failed;
  const fs::path first = fs::path("/sys/fs/cgroup/cpu") / name;
  if (fs::create_directory(first, failed)) {
    CpuGroup group(first);
    if (write_text(first / "cpu.cfs_period_us", std::to_string(period_us)) &&
        write_text(first / "cpu.cfs_quota_us", quota))
      return group;
  }
  const fs::path second = fs::path("/sys/fs/cgroup") / name;
  if (fs::exists("/sys/fs/cgroup/cgroup.controllers") && fs::create_directory(second, failed)) {
    CpuGroup group(second);
    if (write_text(second / "cpu.max", quota + " " + std::to_string(period_us))) return group;
  }
  return std::nullopt;
}

CpuGroup::CpuGroup(CpuGroup&& other) noexcept : folder_(std::exchange(other.folder_, {})) {}

CpuGroup::~CpuGroup() {
  if (!folder_.empty()) ::rmdir(folder_.c_str());
}

Throttling CpuGroup::throttling() const {
  Throttling out;
  std::istringstream fields(text_of(folder_ / "cpu.stat"));
  std::string name;
  double value = 0;
  while (fields >> name >> value) {
    if (name == "nr_periods") out.periods = static_cast<std::uint64_t>(value);
    if (name == "nr_throttled") out.throttled = static_cast<std::uint64_t>(value);
    if (name == "throttled_time") out.throttled_s = value / 1e9;  // version 1
    if (name == "throttled_usec") out.throttled_s = value / 1e6;
  }
  return out;
}

}  // namespace portcullis::bench
