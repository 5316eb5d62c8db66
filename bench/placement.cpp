#include "bench/placement.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace portcullis::bench {
namespace {

cpu_set_t usable() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof set, &set) != 0) throw std::runtime_error("the usable CPUs are not known");
  return set;
}

/// The CPUs that the process could use at its start.
const cpu_set_t& all_cpus() {
  static const cpu_set_t set = usable();
  return set;
}

/// The server's CPUs; none while all are shared.
std::optional<cpu_set_t>& kept() {
  static std::optional<cpu_set_t> set;
  return set;
}

/// The first `count` of `set`.
cpu_set_t first_of(const cpu_set_t& set, unsigned count) {
  cpu_set_t out;
  CPU_ZERO(&out);
  for (std::size_t cpu = 0; cpu < CPU_SETSIZE && count > 0; ++cpu) {
    if (!CPU_ISSET(cpu, &set)) continue;
    CPU_SET(cpu, &out);
    --count;
  }
  return out;
}

unsigned count_of(const cpu_set_t& set) { return static_cast<unsigned>(std::max(1, CPU_COUNT(&set))); }

}  // namespace

void keep_cores_for_servers(unsigned cores) {
  if (cores == 0) return;
  const cpu_set_t& all = all_cpus();
  if (cores >= count_of(all))
    throw std::runtime_error("--server-cores " + std::to_string(cores) + " leaves none of " +
                             std::to_string(count_of(all)) + " to the generator");
  const cpu_set_t servers = first_of(all, cores);
  cpu_set_t others;
  CPU_XOR(&others, &all, &servers);
  kept() = servers;
  ::sched_setaffinity(0, sizeof others, &others);
}

unsigned cores() { return count_of(kept() ? *kept() : all_cpus()); }

bool has_own_cores() { return kept().has_value(); }

unsigned generator_cores() { return has_own_cores() ? count_of(all_cpus()) - cores() : cores(); }

void move_to_server_cores(unsigned most) {
  const cpu_set_t& servers = kept() ? *kept() : all_cpus();
  const cpu_set_t set = most > 0 ? first_of(servers, most) : servers;
  ::sched_setaffinity(0, sizeof set, &set);
}

OnServerCores::OnServerCores() : before_(usable()) { move_to_server_cores(); }
OnServerCores::~OnServerCores() { ::sched_setaffinity(0, sizeof before_, &before_); }

}  // namespace portcullis::bench
