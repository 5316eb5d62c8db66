#include "core/password/check_speed.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>
#include <string_view>

#include "core/hashing/arena.hpp"
#include "core/password/foreign.hpp"
#include "core/scheduling.hpp"

namespace portcullis {
namespace {

constexpr std::string_view sample = "a password of usual length";
/// The shortest of so many measurements: any disturbance makes one longer. Each adds some 2 ms to the start.
constexpr int attempts = 2;

template <class Work>
double least_time(const Work& work) {
  double least = std::numeric_limits<double>::max();
  for (int i = 0; i < attempts; ++i) {
    const std::chrono::nanoseconds before = processor_time();
    work();
    least = std::min(least, static_cast<double>((processor_time() - before).count()));
  }
  return std::max(least, 1.0);
}

double time_of(const PasswordHash& stored) {
  const std::optional<ForeignHash> hash = ForeignHash::read(stored, {});
  return least_time([&hash] { static_cast<void>(hash->matches(sample)); });
}

double time_of_argon2(argon2::Kernel kernel, std::uint32_t kib) {
  HashMemory memory(std::size_t{kib} * 1024);
  memory.populate();
  constexpr std::array<std::uint8_t, 16> salt{};
  const argon2::Inputs inputs{{reinterpret_cast<const std::uint8_t*>(sample.data()), sample.size()}, salt, {}, {}};
  std::array<std::uint8_t, 32> tag{};
  const std::span arena(static_cast<std::byte*>(memory.arena().data), memory.arena().size);
  return least_time([&] {
    static_cast<void>(argon2::hash(kernel, argon2::Params{true, 0x13, kib, 1, 1}, inputs, arena, tag));
  });
}

}  // namespace

std::chrono::nanoseconds CheckSpeed::of(const CostClass& cost) const noexcept {
  using Kind = ForeignHash::Kind;
  double time = 0;
  if (cost.kind == 0) {
    time = argon2_kib_pass * cost.memory_kib * cost.passes;
  } else if (cost.kind == static_cast<std::uint8_t>(Kind::bcrypt)) {
    time = bcrypt_round * std::ldexp(1.0, static_cast<int>(std::min(cost.passes, 62U)));
  } else if (cost.kind == static_cast<std::uint8_t>(Kind::phpass)) {
    time = phpass_round * std::ldexp(1.0, static_cast<int>(std::min(cost.passes, 62U)));
  } else {
    constexpr double blocks_a_kib = 8;
    time = scrypt_block * blocks_a_kib * cost.memory_kib * cost.passes;
  }
  constexpr double longest = 1e18;
  return std::chrono::nanoseconds(static_cast<std::int64_t>(std::min(time, longest)));
}

CheckSpeed CheckSpeed::measure(argon2::Kernel kernel) {
  constexpr std::uint32_t argon2_kib = 1024;
  // Besides 2^4 rounds crypt(3) computes about two more, for its self-test and its set-up.
  constexpr double bcrypt_rounds = 18;
  constexpr double phpass_rounds = 1024;
  constexpr double scrypt_blocks = 256 * 8;
  CheckSpeed speed;
  speed.argon2_kib_pass = time_of_argon2(kernel, argon2_kib) / argon2_kib;
  speed.bcrypt_round =
      time_of({"bcrypt", "$2b$04$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "{}"}) / bcrypt_rounds;
  speed.phpass_round = time_of({"phpass", "$P$8r387rwferoKN7uwHZqNMu98q3U8RO.", "{}"}) / phpass_rounds;
  speed.scrypt_block =
      time_of({"scrypt", "", R"({"costCpu":256,"costMemory":8,"costParallel":1,"length":64,"salt":"appwrite"})"}) /
      scrypt_blocks;
  return speed;
}

}  // namespace portcullis
