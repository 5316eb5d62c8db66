#include "core/password/capacity.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <latch>
#include <limits>
#include <span>
#include <thread>
#include <vector>

#include "core/hashing/arena.hpp"
#include "core/scheduling.hpp"

namespace portcullis {
namespace {

using Instant = std::chrono::steady_clock;

/// Core seconds for everything of a sign-in but its hash: HTTP, three reads, the commit. Measured by `portcullis_bench
/// sign-in` as the difference of whole sign-ins and raw hashes, the bench's own client included.
constexpr double other_work_s = 0.00045;

/// Hashes until `end`, with the pause of a pool's thread after each hash; answers how many ended before it, where the
/// last one, with its pause, counts in part.
double hash_until(argon2::Kernel kernel, const Argon2Cost& cost, const HashArena& arena, double cpu_share,
                  Instant::time_point end) {
  constexpr std::array<std::uint8_t, 16> salt{};
  constexpr std::string_view password = "a password of usual length";
  const argon2::Params params{true, 0x13, cost.memory_kib, cost.passes, 1};
  const argon2::Inputs inputs{{reinterpret_cast<const std::uint8_t*>(password.data()), password.size()}, salt, {}, {}};
  const std::span memory(static_cast<std::byte*>(arena.data), arena.size);
  std::array<std::uint8_t, 32> tag{};
  double done = 0;
  for (Instant::time_point began = Instant::now(); began < end;) {
    const std::chrono::nanoseconds used_before = processor_time();
    if (!argon2::hash(kernel, params, inputs, memory, tag)) return 0;
    if (cpu_share < 1) std::this_thread::sleep_for((processor_time() - used_before) * (1 / cpu_share - 1));
    const Instant::time_point now = Instant::now();
    const std::chrono::duration<double> took = now - began, left = end - began;
    done += std::min(1.0, left / took);
    began = now;
  }
  return done;
}

/// Cores' worth of time that the hash threads use.
double cores_hashing(const HashRate& rate) { return std::min(rate.threads * rate.cpu_share, rate.cores); }

}  // namespace

double measure_hash_rate(argon2::Kernel kernel, const Argon2Cost& cost, std::uint32_t threads,
                         std::chrono::milliseconds duration, double cpu_share) {
  std::vector<HashMemory> memory;
  for (std::uint32_t i = 0; i < threads; ++i) memory.emplace_back(std::size_t{cost.memory_kib} * 1024).populate();
  std::vector<double> done(threads, 0);
  std::latch ready(threads);
  std::vector<std::thread> workers;
  workers.reserve(threads);
  for (std::uint32_t i = 0; i < threads; ++i)
    workers.emplace_back([&, i] {
      ready.arrive_and_wait();
      done[i] = hash_until(kernel, cost, memory[i].arena(), cpu_share, Instant::now() + duration);
    });
  for (std::thread& worker : workers) worker.join();
  double sum = 0;
  for (const double each : done) sum += each;
  return sum / std::chrono::duration<double>(duration).count();
}

double forecast_sign_ins(const HashRate& rate) noexcept {
  if (rate.per_second <= 0) return 0;
  const double hash_s = cores_hashing(rate) / rate.per_second;
  // All work must fit into the cores, and the hashes into their threads.
  return std::min(rate.per_second, rate.cores / (hash_s + other_work_s));
}

/// A queue of c servers with random arrivals and equal service times (M/D/c): half of M/M/c's wait, in Sakasegawa's
/// approximation. A server stays busy during its pause, but the answer does not wait for that.
double forecast_answer_time(const HashRate& rate, double load) noexcept {
  const double capacity = forecast_sign_ins(rate);
  if (load >= capacity) return std::numeric_limits<double>::infinity();
  const double servers = rate.threads;
  const double service_s = servers / capacity;
  const double busy = load / capacity;
  const double wait_s = std::pow(busy, std::sqrt(2 * (servers + 1)) - 1) / (servers * (1 - busy)) * service_s / 2;
  return wait_s + service_s * rate.cpu_share;
}

}  // namespace portcullis
