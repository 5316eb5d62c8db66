#pragma once
// Which CPUs a measured server uses, and which are left to its measurement.

#include <sched.h>

namespace portcullis::bench {

/// Gives the first `cores` usable CPUs to servers and to what is measured against them, the others to this process; 0:
/// all share all, which is the default. Call it before any other thread exists; throws when no CPU would be left.
void keep_cores_for_servers(unsigned cores);
/// The number of cores for servers.
[[nodiscard]] unsigned cores();
/// Are the cores of the generators and of the servers disjoint?
[[nodiscard]] bool has_own_cores();
/// The number of cores for this process's generators.
[[nodiscard]] unsigned generator_cores();
/// Moves the calling thread to the server's CPUs, or to the first `most` of them unless that is 0; threads and
/// processes that it starts inherit this.
void move_to_server_cores(unsigned most = 0);

/// While it exists, the calling thread and what it starts run on the server's CPUs.
class OnServerCores {
 public:
  OnServerCores();
  ~OnServerCores();
  OnServerCores(const OnServerCores&) = delete;
  OnServerCores& operator=(const OnServerCores&) = delete;

 private:
  cpu_set_t before_;
};

}  // namespace portcullis::bench
