// The AVX-512 kernel on any processor: its ten intrinsics in plain C++ (Intel's Intrinsics Guide gives their meaning),
// compared block by block with the portable kernel. On a processor that has AVX-512 the kernel itself is tested with
// the others (password_argon2_test.cpp).

#include <array>
#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <vector>

#include "core/password/argon2_blocks.hpp"

namespace emulated {

struct alignas(64) Register {
  std::array<std::uint64_t, 8> words;
};

template <class Each>
Register make(Each each) {
  Register out{};
  for (std::size_t i = 0; i < 8; ++i) out.words[i] = each(i);
  return out;
}

inline Register load(const void* from) {
  Register out;
  std::memcpy(&out, from, sizeof out);
  return out;
}
inline void store(void* to, Register x) { std::memcpy(to, &x, sizeof x); }
inline Register add(Register x, Register y) {
  return make([&](std::size_t i) { return x.words[i] + y.words[i]; });
}
inline Register multiply_low(Register x, Register y) {
  return make([&](std::size_t i) { return (x.words[i] & 0xFFFFFFFFU) * (y.words[i] & 0xFFFFFFFFU); });
}
inline Register exclusive_or(Register x, Register y) {
  return make([&](std::size_t i) { return x.words[i] ^ y.words[i]; });
}
inline Register rotate_right(Register x, int bits) {
  return make([&](std::size_t i) { return x.words[i] >> bits | x.words[i] << (64 - bits); });
}
/// Within each half of four words.
inline Register permute_halves(Register x, int order) {
  return make([&](std::size_t i) { return x.words[i / 4 * 4 + (static_cast<unsigned>(order) >> 2 * (i % 4) & 3U)]; });
}
inline Register permute_all(Register order, Register x) {
  return make([&](std::size_t i) { return x.words[order.words[i] & 7U]; });
}
/// Lanes of 128 bits: the lower two of the first operand, the upper two of the second.
inline Register shuffle_lanes(Register x, Register y, int order) {
  return make([&](std::size_t i) {
    const Register& from = i < 4 ? x : y;
    return from.words[(static_cast<unsigned>(order) >> i / 2 * 2 & 3U) * 2 + i % 2];
  });
}
template <class... Words>
Register of(Words... words) {
  return Register{{static_cast<std::uint64_t>(words)...}};
}

}  // namespace emulated

#ifdef _MM_SHUFFLE
#undef _MM_SHUFFLE
#endif
#define _MM_SHUFFLE(z, y, x, w) (((z) << 6) | ((y) << 4) | ((x) << 2) | (w))
#define __m512i emulated::Register
#define _mm512_load_si512 emulated::load
#define _mm512_store_si512 emulated::store
#define _mm512_add_epi64 emulated::add
#define _mm512_mul_epu32 emulated::multiply_low
#define _mm512_xor_si512 emulated::exclusive_or
#define _mm512_ror_epi64 emulated::rotate_right
#define _mm512_permutex_epi64 emulated::permute_halves
#define _mm512_permutexvar_epi64 emulated::permute_all
#define _mm512_shuffle_i64x2 emulated::shuffle_lanes
#define _mm512_setr_epi64 emulated::of

#include "core/password/argon2_avx512_mixer.ipp"
#include "core/password/argon2_segment.hpp"

using namespace portcullis::argon2;

namespace {

using Memory = std::vector<Block>;

/// Two memories with the same first blocks of every lane, the second in the kernel's own order.
struct Pair {
  explicit Pair(const Filling& shape, unsigned seed) : plain(shape.lanes * shape.lane_blocks), sliced(plain.size()) {
    std::mt19937_64 random(seed);
    for (std::uint32_t lane = 0; lane < shape.lanes; ++lane)
      for (std::uint32_t column = 0; column < 2; ++column)
        for (std::size_t word = 0; word < 128; ++word) {
          Block& block = plain[lane * shape.lane_blocks + column];
          block.words[word] = random();
          sliced[lane * shape.lane_blocks + column].words[slots[word]] = block.words[word];
        }
  }
  [[nodiscard]] std::size_t differing_words() const {
    std::size_t count = 0;
    for (std::size_t i = 0; i < plain.size(); ++i)
      for (std::size_t word = 0; word < 128; ++word)
        count += plain[i].words[word] != sliced[i].words[slots[word]] ? 1U : 0U;
    return count;
  }
  Memory plain, sliced;
};

void fill(Filling filling, Memory& memory, void (*segment)(const Filling&, const Position&)) {
  filling.memory = memory.data();
  for (std::uint32_t pass = 0; pass < filling.passes; ++pass)
    for (std::uint32_t slice = 0; slice < slices; ++slice)
      for (std::uint32_t lane = 0; lane < filling.lanes; ++lane) segment(filling, Position{pass, slice, lane});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(password_argon2_avx512)

BOOST_AUTO_TEST_CASE(emulated_it_fills_memory_as_the_portable_kernel_does) {
  for (const std::uint32_t type : {1U, 2U})
    for (const std::uint32_t lanes : {1U, 3U})
      for (const bool overwrites : {false, true})
        for (const std::uint32_t segment_blocks : {2U, 5U, 130U}) {
          Filling filling;
          filling.lanes = lanes;
          filling.segment_blocks = segment_blocks;
          filling.lane_blocks = segment_blocks * slices;
          filling.passes = 3;
          filling.type = type;
          filling.overwrites = overwrites;
          Pair pair(filling, type * 1000 + segment_blocks);
          fill(filling, pair.plain, portable_kernel().fill_segment);
          BOOST_TEST(pair.differing_words() > 0U);  // what follows compares something
          fill(filling, pair.sliced, [](const Filling& f, const Position& at) { fill_segment<Avx512Mixer>(f, at); });
          BOOST_TEST(pair.differing_words() == 0U, "type " << type << ", " << lanes << " lanes, " << segment_blocks
                                                           << " blocks a segment, overwrites " << overwrites);
        }
}

BOOST_AUTO_TEST_CASE(its_order_of_words_is_a_permutation_and_the_kernels_own) {
  std::array<bool, 128> seen{};
  for (const std::uint8_t slot : slots) seen.at(slot) = true;
  for (const bool each : seen) BOOST_TEST(each);
  const FillKernel kernel = avx512_kernel();
  if (kernel.slots != nullptr) BOOST_TEST((*kernel.slots == slots));
}

BOOST_AUTO_TEST_SUITE_END()
