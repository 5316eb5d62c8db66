#include <cstddef>
#include <cstdint>

#include "core/password/argon2_blocks.hpp"
#include "core/password/argon2_segment.hpp"
#include "core/processor_claim.hpp"

namespace portcullis::argon2 {
namespace {

struct PortableMixer {
  static constexpr std::size_t slot(std::size_t word) { return word; }

  static std::uint64_t rotated(std::uint64_t value, unsigned by) { return (value >> by) | (value << (64U - by)); }

  static std::uint64_t multiply_add(std::uint64_t x, std::uint64_t y) {
    return x + y + 2 * (x & 0xFFFFFFFFU) * (y & 0xFFFFFFFFU);
  }

  static void quarter(std::uint64_t& a, std::uint64_t& b, std::uint64_t& c, std::uint64_t& d) {
    a = multiply_add(a, b);
    d = rotated(d ^ a, 32);
    c = multiply_add(c, d);
    b = rotated(b ^ c, 24);
    a = multiply_add(a, b);
    d = rotated(d ^ a, 16);
    c = multiply_add(c, d);
    b = rotated(b ^ c, 63);
  }

  /// The permutation P over 16 words: `pair` words apart for the two halves of a 16-byte register. RFC 9106
  /// section 3.6.
  static void permute(std::uint64_t* v, std::size_t stride) {
    const auto w = [v, stride](std::size_t i) -> std::uint64_t& { return v[(i / 2) * stride + i % 2]; };
    for (std::size_t i = 0; i < 4; ++i) quarter(w(i), w(4 + i), w(8 + i), w(12 + i));
    for (std::size_t i = 0; i < 4; ++i) quarter(w(i), w(4 + (i + 1) % 4), w(8 + (i + 2) % 4), w(12 + (i + 3) % 4));
  }

  template <bool Xors>
  static void mix(const Block& previous, const Block& reference, Block& next) {
    Block mixed;
    for (std::size_t i = 0; i < 128; ++i) mixed.words[i] = previous.words[i] ^ reference.words[i];
    for (std::size_t i = 0; i < 128; ++i) next.words[i] = Xors ? next.words[i] ^ mixed.words[i] : mixed.words[i];
    for (std::size_t row = 0; row < 8; ++row) permute(mixed.words.data() + 16 * row, 2);
    for (std::size_t column = 0; column < 8; ++column) permute(mixed.words.data() + 2 * column, 16);
    for (std::size_t i = 0; i < 128; ++i) next.words[i] ^= mixed.words[i];
  }
};

}  // namespace

FillKernel portable_kernel() noexcept { return {&fill_segment<PortableMixer>, nullptr}; }

}  // namespace portcullis::argon2
