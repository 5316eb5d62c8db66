// The Argon2 engine alone: its rate against stock libsodium at every named cost, and that a hash causes no page fault
// and makes no system call.

#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "bench/placement.hpp"
#include "bench/support.hpp"
#include "core/hashing/arena.hpp"
#include "core/password/capacity.hpp"

namespace portcullis::bench {
namespace {

constexpr std::string_view no_goal = "no goal";

/// On the widest kernel of this processor, as libsodium always uses its widest.
std::string_view goal_of(std::string_view preset, argon2::Kernel kernel) {
  const bool wide = kernel == argon2::Kernel::avx512;
  if (kernel == argon2::Kernel::portable || (preset != "owasp-19" && preset != "owasp-7")) return no_goal;
  if (!wide && argon2::is_available(argon2::Kernel::avx512)) return "no goal beside libsodium's AVX-512";
  if (!wide) return "goal 1.7";
  return preset == "owasp-19" ? "goal 2.5" : "goal 2.2";
}

void compare(const HashPreset& preset, argon2::Kernel kernel, unsigned threads, const Options& options) {
  const auto duration = std::chrono::milliseconds(static_cast<std::int64_t>(options.seconds * 1000));
  std::vector<double> ours, theirs;
  for (unsigned round = 0; round < options.rounds; ++round) {
    ours.push_back(measure_hash_rate(kernel, preset.cost, threads, duration));
    theirs.push_back(measure_hash_rate(argon2::Kernel::sodium, preset.cost, threads, duration));
  }
  const std::string label = std::string(preset.name) + ", " + std::to_string(threads) +
                            (threads == 1 ? " thread" : " threads") + " : stock libsodium";
  print_rounds(label, ours, theirs, "hashes/second", goal_of(preset.name, kernel));
}

bool hash_once(argon2::Kernel kernel, const Argon2Cost& cost, const HashArena& arena, std::span<std::uint8_t> tag) {
  constexpr std::array<std::uint8_t, 16> bytes{};
  const argon2::Params params{true, 0x13, cost.memory_kib, cost.passes, 1};
  return argon2::hash(kernel, params, {bytes, bytes, {}, {}}, {static_cast<std::byte*>(arena.data), arena.size}, tag);
}

/// Hashes in a child process that the kernel kills at its first system call other than write and exit (seccomp strict
/// mode): 0 when the hash finished, with its page faults in `faults`.
bool survives_without_system_calls(argon2::Kernel kernel, const Argon2Cost& cost, long& faults) {
  HashMemory memory(std::size_t{cost.memory_kib} * 1024);
  const pid_t child = ::fork();
  if (child < 0) return false;
  if (child == 0) {
    memory.populate();  // the parent's pages are shared copy-on-write
    std::array<std::uint8_t, 32> tag{};
    bool done = hash_once(kernel, cost, memory.arena(), tag);
    ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT);
    done = hash_once(kernel, cost, memory.arena(), tag) && done;
    ::syscall(SYS_exit, done ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  std::array<std::uint8_t, 32> tag{};
  memory.populate();
  static_cast<void>(hash_once(kernel, cost, memory.arena(), tag));
  rusage before{}, after{};
  ::getrusage(RUSAGE_THREAD, &before);
  const bool done = hash_once(kernel, cost, memory.arena(), tag);
  ::getrusage(RUSAGE_THREAD, &after);
  faults = after.ru_minflt + after.ru_majflt - before.ru_minflt - before.ru_majflt;
  return done && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

bool engine(const Options& options) {
  const argon2::Kernel selected = argon2::select_kernel().kernel;
  const OnServerCores here;
  for (const argon2::Kernel kernel : {argon2::Kernel::avx512, argon2::Kernel::avx2, argon2::Kernel::portable}) {
    if (!argon2::is_available(kernel)) continue;
    std::printf("Argon2id, kernel %s%s\n", std::string(argon2::name(kernel)).c_str(),
                kernel == selected ? ", which is selected here" : "");
    for (const HashPreset& preset : hash_presets) {
      if (kernel != selected && goal_of(preset.name, kernel) == no_goal) continue;
      compare(preset, kernel, 1, options);
      if (cores() > 1) compare(preset, kernel, cores(), options);
    }
  }
  bool clean = true;
  for (const argon2::Kernel each : {argon2::Kernel::portable, argon2::Kernel::avx2, argon2::Kernel::avx512}) {
    if (!argon2::is_available(each)) continue;
    long faults = 0;
    const bool silent = survives_without_system_calls(each, Argon2Cost{}, faults);
    clean = clean && silent && faults == 0;
    std::printf("%-10s a hash of 19 MiB, t = 2: %s, %ld page faults (goal: none of either)\n",
                std::string(argon2::name(each)).c_str(),
                silent ? "no system call (seccomp strict mode)" : "ENDED BY A SYSTEM CALL", faults);
  }
  return clean;
}

}  // namespace portcullis::bench
