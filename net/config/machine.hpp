#pragma once
// What this process may use of the machine: cores, memory limit and CPU quota (control groups v1 and v2), open files;
// and the numbers of threads and connections that follow from them. Reads /proc and /sys; any thread.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

#include "net/config/config.hpp"

namespace portcullis {

struct Machine {
  std::uint32_t cores = 1;
  double cpu_quota = 0;             ///< CPU time in cores; 0 = no quota
  std::uint64_t memory_bytes = 0;   ///< the smaller of the machine's memory and the limit
  std::uint64_t open_files = 1024;  ///< after raising the soft limit to the hard one
};

/// Inspects this process. `root` is put before /proc and /sys, for tests.
[[nodiscard]] Machine read_machine(const std::filesystem::path& root = "/");
/// Raises the soft limit of open files to the hard one and answers the limit in force.
std::uint64_t raise_open_files();
/// Makes the kernel grow its table of open files to `count` entries. When it grows later, the thread that opens a file
/// waits some 10 ms for all other threads; so call this while there are none.
void grow_file_table(std::uint32_t count) noexcept;
/// Fills in every number that was left to be derived, and reduces the foreign hash slot to a quarter of the memory and
/// to what is left, but never below the size of an arena. Throws BadOption when all together does not fit into the
/// memory.
[[nodiscard]] Config derive(Config config, const Machine& machine);
/// The byte budget of all large request bodies, and that of all long lists: each a quarter of what the connections of a
/// derived configuration are expected to take.
[[nodiscard]] std::size_t shared_budget(const Config& config) noexcept;
/// One sentence with the derived numbers, their sources, and the memory that they add up to.
[[nodiscard]] std::string describe_derived(const Config& config, const Machine& machine);

}  // namespace portcullis
