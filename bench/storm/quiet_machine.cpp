#include "bench/storm/quiet_machine.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <thread>

namespace portcullis::bench {
namespace {

/// CPU time of the whole machine since its start, without idle and I/O wait but with what a hypervisor took; seconds.
double machine_s() {
  std::ifstream in("/proc/stat");
  std::string name;
  double user = 0, nice = 0, system = 0, idle = 0, io = 0, irq = 0, softirq = 0, stolen = 0;
  in >> name >> user >> nice >> system >> idle >> io >> irq >> softirq >> stolen;
  return (user + nice + system + irq + softirq + stolen) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

double own_s() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

OthersCpu::OthersCpu(const Child* server)
    : server_(server), from_(std::chrono::steady_clock::now()), before_s_(taken_s()) {}

double OthersCpu::taken_s() const { return machine_s() - own_s() - (server_ ? server_->cpu_seconds() : 0); }

double OthersCpu::share() const {
  const double wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - from_).count();
  return std::clamp((taken_s() - before_s_) / (wall * static_cast<double>(::sysconf(_SC_NPROCESSORS_ONLN))), 0.0, 1.0);
}

void wait_for_quiet_machine() {
  constexpr int longest = 60;  // half seconds
  for (int i = 0; i < longest; ++i) {
    const OthersCpu everybody(nullptr);
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    if (everybody.share() <= most_others) return;
  }
}

double quiet_capacity(const Options& options, const Server& server, unsigned threads, double seconds) {
  const auto measure = [&] { return capacity_of(server, threads, seconds); };
  const auto prepare = [] {};
  return quietest(options.attempts, &server, prepare, measure).first;
}

}  // namespace portcullis::bench
