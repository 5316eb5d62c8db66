// Memory of hash threads: out of core dumps, and locked where that is permitted; where it is not, the pool says so
// once.

#include "core/hashing/arena.hpp"

#include <linux/capability.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <thread>

#include "tests/core/hashing/pool_fixture.hpp"

using namespace portcullis;
using namespace portcullis::hash_pool_testing;

namespace {

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
constexpr bool locks_for_real = false;  // sanitizers make mlock(2) do nothing
#else
constexpr bool locks_for_real = true;
#endif

/// What the kernel has noted about the mapping that holds `address`, as " rd wr ... ".
std::string flags_of(const void* address) {
  std::ifstream maps("/proc/self/smaps");
  bool inside = false;
  for (std::string line; std::getline(maps, line);) {
    std::istringstream range(line);
    std::uintptr_t from = 0, to = 0;
    char dash = 0;
    if (range >> std::hex >> from >> dash >> to && dash == '-')
      inside = from <= reinterpret_cast<std::uintptr_t>(address) && reinterpret_cast<std::uintptr_t>(address) < to;
    if (inside && line.starts_with("VmFlags:")) return line.substr(8) + " ";
  }
  return {};
}

bool has(const std::string& flags, const std::string& flag) {
  return flags.find(" " + flag + " ") != std::string::npos;
}

/// The calling thread, and those it starts, may lock nothing in memory any more; the process's limit comes back.
class LockingForbidden {
 public:
  LockingForbidden() {
    ::getrlimit(RLIMIT_MEMLOCK, &before_);
    const rlimit none{0, before_.rlim_max};
    ::setrlimit(RLIMIT_MEMLOCK, &none);
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, 2> sets{};
    ::syscall(SYS_capget, &header, sets.data());
    sets[0].effective &= ~(1U << CAP_IPC_LOCK);
    ::syscall(SYS_capset, &header, sets.data());
  }
  LockingForbidden(const LockingForbidden&) = delete;
  LockingForbidden& operator=(const LockingForbidden&) = delete;
  ~LockingForbidden() { ::setrlimit(RLIMIT_MEMLOCK, &before_); }

 private:
  rlimit before_{};
};

/// How often a pool of two threads says that it could not lock.
int complaints() {
  std::atomic<int> said{0};
  HashPoolOptions options = small_options(2);
  options.on_unlocked = [&said](std::error_code why) { said += why ? 1 : 100; };
  const ManualClock clock;
  { const HashPool pool(options, clock); }  // its threads have tried when they have ended
  return said;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hash_pool_memory)

BOOST_AUTO_TEST_CASE(an_arena_is_out_of_core_dumps_and_locked_where_that_is_permitted) {
  for (const std::size_t size : {std::size_t{64} << 10U, std::size_t{19} << 20U}) {
    HashMemory memory(size);
    memory.populate();
    const bool locked = !memory.lock();
    const auto* const first = static_cast<const char*>(memory.arena().data);
    for (const char* const at : {first, first + size / 2, first + size - 1}) {
      const std::string flags = flags_of(at);
      BOOST_TEST(has(flags, "dd"), flags);
      BOOST_TEST(has(flags, "lo") == (locked && locks_for_real), flags);
    }
  }
}

BOOST_AUTO_TEST_CASE(arenas_that_cannot_be_locked_are_told_once) {
  if (!locks_for_real) return;
  int said = 0;
  std::thread([&said] {
    const LockingForbidden forbidden;
    said = complaints();
  }).join();
  BOOST_TEST(said == 1);
}

BOOST_AUTO_TEST_CASE(of_locked_arenas_nothing_is_told) {
  if (HashMemory probe(std::size_t{128} << 10U); probe.lock()) return;  // not even these two arenas
  BOOST_TEST(complaints() == 0);
}

BOOST_AUTO_TEST_SUITE_END()
