#include "core/ids.hpp"

#include "core/random.hpp"

namespace portcullis {

std::string unique_id(Time now, Random& random) {
  constexpr int time_digits = 13;
  constexpr std::size_t random_digits = 7;
  // Milliseconds from the clock; the microseconds below them are random, so ids of one millisecond differ early.
  const std::string noise = random.hex(6);
  std::uint64_t micros = static_cast<std::uint64_t>(to_millis(now)) * 1000;
  std::uint64_t low = 0;
  for (const char c : noise.substr(random_digits))
    low = low * 16 + static_cast<std::uint64_t>(c <= '9' ? c - '0' : c - 'a' + 10);
  micros += low % 1000;
  std::string id(time_digits, '0');
  for (int i = time_digits - 1; i >= 0; --i, micros >>= 4)
    id[static_cast<std::size_t>(i)] = "0123456789abcdef"[micros & 15];
  return id + noise.substr(0, random_digits);
}

}  // namespace portcullis
