#pragma once
// The only code that asks the machine for random bytes. Thread-safe.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace portcullis {

class Random {
 public:
  virtual ~Random() = default;
  /// Fills `out` with cryptographically secure random bytes.
  virtual void fill(std::span<std::uint8_t> out) = 0;

  [[nodiscard]] std::string bytes(std::size_t count);
  /// `count` random bytes as 2*count lowercase hexadecimal digits.
  [[nodiscard]] std::string hex(std::size_t count);
};

class SystemRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> out) override;
};

}  // namespace portcullis
