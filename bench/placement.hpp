#pragma once
// Which CPUs a measured server has, and which are left to what measures it.

#include <sched.h>

namespace portcullis::bench {

/// Gives the first `cores` usable CPUs to servers and to what is measured against them, the others to this process;
/// 0: all share all, which is so without a call. Before any other thread exists; throws when no CPU would be left.
void keep_cores_for_servers(unsigned cores);
/// The cores of servers.
[[nodiscard]] unsigned cores();
/// Are the generators' cores not the servers'?
[[nodiscard]] bool has_own_cores();
/// Those of this process's generators.
[[nodiscard]] unsigned generator_cores();
/// Moves the calling thread to the server's CPUs, or the first `most` of them unless that is 0, with all threads and
/// processes that it starts there.
void move_to_server_cores(unsigned most = 0);

/// While it lives, the calling thread, and what it starts, run on the server's CPUs.
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
