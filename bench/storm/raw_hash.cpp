#include "bench/storm/raw_hash.hpp"

#include <sodium.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <span>
#include <stdexcept>
#include <string_view>
#include <thread>
#include <vector>

#include "bench/placement.hpp"
#include "core/hashing/arena.hpp"
#include "core/password/argon2.hpp"

namespace portcullis::bench {
namespace {

using Clock = std::chrono::steady_clock;
using Salt = std::array<std::uint8_t, 16>;
using Tag = std::array<std::uint8_t, 32>;

constexpr std::uint32_t memory_kib = 19456;
constexpr std::uint32_t passes = 2;
constexpr int hash_niceness = 15;  // that of the server's hash threads
constexpr std::string_view password = "correct horse battery";
constexpr Salt salt{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

/// Repeats the result of `make` on every thread for `seconds`, on that many of the servers' cores; repetitions a
/// second.
double repeat(unsigned threads, double seconds, unsigned cores, const std::function<std::function<void()>()>& make) {
  std::atomic<std::uint64_t> done = 0;
  std::atomic<unsigned> ready = 0;
  std::atomic<bool> go = false;
  std::atomic<bool> over = false;
  std::vector<std::thread> workers;
  for (unsigned i = 0; i < threads; ++i)
    workers.emplace_back([&] {
      move_to_server_cores(cores);
      ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), hash_niceness);
      const std::function<void()> once = make();
      once();
      ++ready;
      while (!go) std::this_thread::yield();
      while (!over) {
        once();
        ++done;
      }
    });
  while (ready < threads) std::this_thread::yield();
  const auto from = Clock::now();
  go = true;
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  over = true;
  for (std::thread& each : workers) each.join();
  return static_cast<double>(done) / std::chrono::duration<double>(Clock::now() - from).count();
}

}  // namespace

double sodium_rate(unsigned threads, double seconds) {
  if (sodium_init() < 0) throw std::runtime_error("libsodium does not start");
  return repeat(threads, seconds, 0, [] {
    return [] {
      Tag tag;
      if (crypto_pwhash(tag.data(), tag.size(), password.data(), password.size(), salt.data(), passes,
                        std::size_t{memory_kib} * 1024, crypto_pwhash_ALG_ARGON2ID13) != 0)
        throw std::runtime_error("crypto_pwhash failed");
    };
  });
}

double engine_rate(unsigned threads, double seconds, unsigned cores) {
  const argon2::Kernel kernel = argon2::select_kernel().kernel;
  return repeat(threads, seconds, cores, [kernel] {
    auto memory = std::make_shared<HashMemory>(std::size_t{memory_kib} * 1024);
    memory->populate();
    return [kernel, memory] {
      argon2::Params params;
      params.memory_kib = memory_kib;
      params.passes = passes;
      const HashArena arena = memory->arena();
      const argon2::Inputs inputs{
          {reinterpret_cast<const std::uint8_t*>(password.data()), password.size()}, salt, {}, {}};
      Tag tag;
      if (!argon2::hash(kernel, params, inputs, {static_cast<std::byte*>(arena.data), arena.size}, tag))
        throw std::runtime_error("argon2 failed");
    };
  });
}

}  // namespace portcullis::bench
