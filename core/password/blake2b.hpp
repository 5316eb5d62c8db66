#pragma once
// BLAKE2b (RFC 7693) for Argon2 and keyed hashing. No allocation; any thread, one at a time per object.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace portcullis {

/// One hash in progress; wiped on destruction.
class Blake2b {
 public:
  /// A digest of `size` (1..64) bytes, keyed when `key` (0..64 bytes) is not empty.
  explicit Blake2b(std::size_t size, std::span<const std::uint8_t> key = {});
  Blake2b(const Blake2b&) = delete;
  Blake2b& operator=(const Blake2b&) = delete;
  ~Blake2b();
  void add(std::span<const std::uint8_t> bytes);
  void add_le32(std::uint32_t value);
  /// Ends the hash; `out` has the size given at the start.
  void finish(std::span<std::uint8_t> out);

 private:
  alignas(64) std::array<std::uint8_t, 384> state_;  ///< crypto_generichash_state; its size is asserted in the .cpp
};

/// The variable-length hash H' of RFC 9106 section 3.3, any output length above 0.
void blake2b_long(std::span<std::uint8_t> out, std::span<const std::uint8_t> in);

}  // namespace portcullis
