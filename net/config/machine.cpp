#include "net/config/machine.hpp"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

#include "core/scheduling.hpp"
#include "net/config/options.hpp"

namespace portcullis {
namespace {

constexpr std::uint64_t kib = 1024;
constexpr std::uint64_t mib = 1024 * kib;
constexpr std::uint64_t program_bytes = 16 * mib;     // the program itself, idle, with its caches
constexpr std::uint64_t session_bytes = 3 * kib;      // for each session of --session-cache, with its user's rows
constexpr std::uint64_t connection_bytes = 16 * kib;  // a connection's buffers and coroutine
constexpr std::uint64_t kernel_share = 16;            // fraction of the memory limit, for the kernel
constexpr std::uint64_t most_kernel_bytes = 64 * mib;
constexpr std::uint32_t fewest_connections = 64;
constexpr std::uint32_t most_derived_connections = 65536;
constexpr std::uint64_t spare_files = 48;  // store, log, sockets of commands, listeners
constexpr double least_share = 0.05;       // of a core, for each hash thread, however small the quota
constexpr double quota_reserve = 0.15;     // cores kept from hashing, so that a quota never freezes a reactor
constexpr double worth_a_thread = 0.1;     // of a core: with less, another thread is not worth the memory of its arena

std::string first_line(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

template <class T>
std::optional<T> parse(std::string_view text) {
  T value{};
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc{} || end == text.data()) return std::nullopt;
  return value;
}

/// This process's control group for `controller` (empty = version 2) as a relative path.
std::optional<std::string> control_group(const std::filesystem::path& root, std::string_view controller) {
  std::ifstream in(root / "proc/self/cgroup");
  for (std::string line; std::getline(in, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos || second + 1 >= line.size() || line[second + 1] != '/') continue;
    const std::string names = "," + line.substr(first + 1, second - first - 1) + ",";
    const bool matches =
        controller.empty() ? names == ",," : names.find("," + std::string(controller) + ",") != std::string::npos;
    if (matches) return line.substr(second + 2);
  }
  return std::nullopt;
}

/// The group's folder and its parents, as far as they are visible; inside a container only the top may be.
std::vector<std::filesystem::path> group_folders(const std::filesystem::path& top, const std::string& group) {
  std::vector<std::filesystem::path> folders{top};
  std::filesystem::path at = top;
  for (const std::filesystem::path& part : std::filesystem::path(group)) {
    if (part.empty() || part == "..") continue;
    at /= part;
    folders.push_back(at);
  }
  return folders;
}

void limit_memory(Machine& machine, const std::filesystem::path& file) {
  const std::optional<std::uint64_t> limit = parse<std::uint64_t>(first_line(file));
  if (limit && *limit > 0) machine.memory_bytes = std::min(machine.memory_bytes, *limit);
}

void limit_cpu(Machine& machine, double quota, double period) {
  if (quota <= 0 || period <= 0) return;
  const double cores = quota / period;
  machine.cpu_quota = machine.cpu_quota == 0 ? cores : std::min(machine.cpu_quota, cores);
}

void apply_version_2(Machine& machine, const std::filesystem::path& root) {
  const std::string group = control_group(root, "").value_or("");
  for (const std::filesystem::path& folder : group_folders(root / "sys/fs/cgroup", group)) {
    limit_memory(machine, folder / "memory.max");
    const std::string line = first_line(folder / "cpu.max");
    const std::size_t space = line.find(' ');
    if (space == std::string::npos) continue;
    const std::optional<std::uint64_t> quota = parse<std::uint64_t>(std::string_view(line).substr(0, space));
    const std::optional<std::uint64_t> period = parse<std::uint64_t>(std::string_view(line).substr(space + 1));
    if (quota && period) limit_cpu(machine, static_cast<double>(*quota), static_cast<double>(*period));
  }
}

void apply_version_1(Machine& machine, const std::filesystem::path& root) {
  const std::filesystem::path top = root / "sys/fs/cgroup";
  for (const std::filesystem::path& folder : group_folders(top / "memory", control_group(root, "memory").value_or("")))
    limit_memory(machine, folder / "memory.limit_in_bytes");
  for (const std::filesystem::path& folder : group_folders(top / "cpu", control_group(root, "cpu").value_or(""))) {
    const std::optional<std::int64_t> quota = parse<std::int64_t>(first_line(folder / "cpu.cfs_quota_us"));
    const std::optional<std::int64_t> period = parse<std::int64_t>(first_line(folder / "cpu.cfs_period_us"));
    if (quota && period) limit_cpu(machine, static_cast<double>(*quota), static_cast<double>(*period));
  }
}

std::uint64_t arena_bytes(const Config& config) { return std::uint64_t{config.hash_cost.memory_kib} * kib; }

/// Memory of one hash thread. libsodium maps memory of its own for each hash; the arena is for kinds that libsodium
/// cannot do.
std::uint64_t thread_bytes(const Config& config) {
  return config.hash_kernel == argon2::Kernel::sodium ? 2 * arena_bytes(config) : arena_bytes(config);
}

std::uint32_t planned_connections(const Config& config) {
  return config.max_connections == 0 ? fewest_connections : config.max_connections;
}

std::uint64_t connections_bytes(const Config& config) { return planned_connections(config) * connection_bytes; }

/// Memory of the idle program, and what its tables take beyond their usual size.
std::uint64_t own_bytes(const Config& config) {
  const Config usual;
  const std::uint64_t windows = std::max(config.limiter_kib, usual.limiter_kib) - usual.limiter_kib;
  const std::uint64_t sessions = std::max(config.session_cache, usual.session_cache) - usual.session_cache;
  return program_bytes + windows * kib + sessions * session_bytes;
}

/// The least memory needed besides the hash threads. The foreign slot is never smaller than an arena, because foreign
/// hashes of that size are always admitted and their libraries allocate the memory.
std::uint64_t least_bytes(const Config& config) {
  return arena_bytes(config) + connections_bytes(config) + own_bytes(config);
}

std::uint64_t ceiling_bytes(const Config& config) {
  return config.hash_threads * thread_bytes(config) + std::uint64_t{config.foreign_hash_kib} * kib +
         connections_bytes(config) + own_bytes(config);
}

std::uint64_t remaining(std::uint64_t memory, std::uint64_t taken) { return memory > taken ? memory - taken : 0; }

/// The memory that the server may use. A control group also counts the kernel's memory: sockets, page tables, files.
std::uint64_t usable_bytes(const Machine& machine) {
  return machine.memory_bytes - std::min(machine.memory_bytes / kernel_share, most_kernel_bytes);
}

std::string in_mib(std::uint64_t bytes) { return std::to_string((bytes + mib - 1) / mib); }

/// The wanted size of the foreign slot, before the hash threads limit it.
std::uint64_t wanted_slot_bytes(const Config& config, const Machine& machine) {
  return std::max(std::min(std::uint64_t{config.foreign_hash_kib} * kib, machine.memory_bytes / 4),
                  arena_bytes(config));
}

std::uint32_t derive_hash_threads(const Config& config, const Machine& machine) {
  // Derived threads must not take the memory that the slot is wanted to have.
  const std::uint64_t others = wanted_slot_bytes(config, machine) + connections_bytes(config) + own_bytes(config);
  const std::uint64_t hashing = std::min(machine.memory_bytes / 2, remaining(usable_bytes(machine), others));
  double threads = machine.cores;
  if (machine.cpu_quota > 0) threads = std::min(threads, std::ceil(machine.cpu_quota - quota_reserve - worth_a_thread));
  const auto by_cpu = static_cast<std::uint64_t>(std::max(1.0, threads));
  return static_cast<std::uint32_t>(std::clamp<std::uint64_t>(std::min(by_cpu, hashing / thread_bytes(config)), 1, 64));
}

std::uint32_t derive_foreign_kib(const Config& config, const Machine& machine) {
  const std::uint64_t others =
      config.hash_threads * thread_bytes(config) + connections_bytes(config) + own_bytes(config);
  const std::uint64_t slot = std::min(wanted_slot_bytes(config, machine), remaining(usable_bytes(machine), others));
  return static_cast<std::uint32_t>(std::max(slot, arena_bytes(config)) / kib);
}

std::uint32_t derive_connections(const Config& config, const Machine& machine) {
  const std::uint64_t taken = ceiling_bytes(config) - connections_bytes(config);
  return static_cast<std::uint32_t>(std::clamp<std::uint64_t>(
      remaining(usable_bytes(machine), taken) / connection_bytes, fewest_connections, most_derived_connections));
}

/// The option that asks for the most; `config` is as the operator wrote it.
const char* dearest_option(const Config& config, const Machine& machine) {
  const std::uint64_t threads = std::max(config.hash_threads, 1U);
  const auto fits = [&](const Config& wish) {
    return threads * thread_bytes(wish) + least_bytes(wish) <= usable_bytes(machine);
  };
  const Config by_itself;
  Config usual = config;
  usual.limiter_kib = std::min(usual.limiter_kib, by_itself.limiter_kib);
  if (usual.limiter_kib < config.limiter_kib && fits(usual)) return "--limiter-memory";
  usual.session_cache = std::min(usual.session_cache, by_itself.session_cache);
  if (usual.session_cache < config.session_cache && fits(usual)) return "--session-cache";
  Config fewest = config;
  fewest.max_connections = 0;
  if (fits(fewest)) return "--max-connections";
  return threads > 1 ? "--hash-threads" : "--hash-memory";
}

void need_memory(const Config& derived, const Config& asked, const Machine& machine) {
  const std::uint64_t ceiling = ceiling_bytes(derived);
  if (ceiling <= usable_bytes(machine)) return;
  throw BadOption(
      dearest_option(asked, machine),
      "the hash threads take " + in_mib(derived.hash_threads * thread_bytes(derived)) + " MiB, imported hashes " +
          in_mib(std::uint64_t{derived.foreign_hash_kib} * kib) + ", " + std::to_string(planned_connections(derived)) +
          " connections " + in_mib(connections_bytes(derived)) + " and the program " + in_mib(own_bytes(derived)) +
          ", together " + in_mib(ceiling) + " MiB; the memory limit is " + std::to_string(machine.memory_bytes / mib) +
          " MiB, of which " + std::to_string(usable_bytes(machine) / mib) + " may be taken");
}

}  // namespace

Machine read_machine(const std::filesystem::path& root) {
  Machine machine;
  machine.cores = usable_processors();
  machine.memory_bytes =
      static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  apply_version_2(machine, root);
  apply_version_1(machine, root);
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) == 0) machine.open_files = files.rlim_cur;
  return machine;
}

std::uint64_t raise_open_files() {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return Machine{}.open_files;
  if (files.rlim_cur < files.rlim_max) {
    rlimit raised = files;
    raised.rlim_cur = files.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &raised) == 0) files = raised;
  }
  return files.rlim_cur;
}

void grow_file_table(std::uint32_t count) noexcept {
  const int low = ::eventfd(0, EFD_CLOEXEC);
  if (low < 0) return;
  const int high = ::fcntl(low, F_DUPFD_CLOEXEC, static_cast<int>(count));  // fails beyond the limit
  if (high >= 0) ::close(high);
  ::close(low);
}

Config derive(Config config, const Machine& machine) {
  const Config asked = config;
  if (config.reactors == 0) {
    const double share = machine.cpu_quota > 0 ? std::ceil(machine.cpu_quota) : machine.cores;
    config.reactors = std::clamp(static_cast<std::uint32_t>(share), 1U, std::min(machine.cores, 64U));
  }
  const auto files = static_cast<std::uint32_t>(std::clamp<std::uint64_t>(
      remaining(machine.open_files, spare_files), fewest_connections, std::numeric_limits<std::uint32_t>::max()));
  config.max_connections = std::min(config.max_connections, files);
  if (config.hash_threads == 0) config.hash_threads = derive_hash_threads(config, machine);
  if (machine.cpu_quota > 0) {
    const double share = (machine.cpu_quota - quota_reserve) / config.hash_threads;
    config.hash_cpu_share = std::clamp(share, least_share, 1.0);
    config.hash_quota_cores = std::max(share, least_share) * config.hash_threads;
  }
  config.foreign_hash_kib = derive_foreign_kib(config, machine);
  need_memory(config, asked, machine);
  if (config.max_connections == 0) config.max_connections = std::min(derive_connections(config, machine), files);
  return config;
}

std::size_t shared_budget(const Config& config) noexcept { return config.max_connections * connection_bytes / 4; }

std::string describe_derived(const Config& config, const Machine& machine) {
  std::string out = std::to_string(config.reactors) + " reactors, " + std::to_string(config.hash_threads) +
                    " hash threads of " + std::to_string(config.hash_cost.memory_kib) + " KiB, foreign hash slot " +
                    std::to_string(config.foreign_hash_kib) + " KiB, at most " +
                    std::to_string(config.max_connections) + " connections (from " + std::to_string(machine.cores) +
                    " cores, ";
  if (machine.cpu_quota > 0) {
    char quota[32];
    std::snprintf(quota, sizeof quota, "%.2f", machine.cpu_quota);
    out += std::string("CPU quota ") + quota + ", ";
    if (config.hash_cpu_share < 1) {
      std::snprintf(quota, sizeof quota, "%.2f", config.hash_cpu_share);
      out += std::string("so a hash thread takes ") + quota + " of a core, ";
    }
  }
  return out + "memory " + std::to_string(machine.memory_bytes / mib) + " MiB, " + std::to_string(machine.open_files) +
         " open files); at most " + in_mib(ceiling_bytes(config)) + " MiB of memory for these and the program";
}

}  // namespace portcullis
