#include <cstddef>
#include <cstdint>

#include "core/password/argon2_blocks.hpp"
#include "core/processor_claim.hpp"

#if defined(__x86_64__)
#include <immintrin.h>

// Only the code below is compiled for AVX2; every name in it has internal linkage.
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2")
#endif

#include "core/password/argon2_segment.hpp"

namespace portcullis::argon2 {
namespace {

using Vector = __m256i;

/// Sixteen words twice: two rows, or two columns, of the block at once.
struct Pair {
  Vector a0, a1, b0, b1, c0, c1, d0, d1;
};

inline Vector multiply_add(Vector x, Vector y) {
  const Vector product = _mm256_mul_epu32(x, y);
  return _mm256_add_epi64(_mm256_add_epi64(x, y), _mm256_add_epi64(product, product));
}

inline Vector rotated_32(Vector x) { return _mm256_shuffle_epi32(x, _MM_SHUFFLE(2, 3, 0, 1)); }
inline Vector rotated_63(Vector x) { return _mm256_xor_si256(_mm256_srli_epi64(x, 63), _mm256_add_epi64(x, x)); }
inline Vector rotated_24(Vector x) {
  return _mm256_shuffle_epi8(x, _mm256_setr_epi8(3, 4, 5, 6, 7, 0, 1, 2, 11, 12, 13, 14, 15, 8, 9, 10, 3, 4, 5, 6, 7, 0,
                                                 1, 2, 11, 12, 13, 14, 15, 8, 9, 10));
}
inline Vector rotated_16(Vector x) {
  return _mm256_shuffle_epi8(x, _mm256_setr_epi8(2, 3, 4, 5, 6, 7, 0, 1, 10, 11, 12, 13, 14, 15, 8, 9, 2, 3, 4, 5, 6, 7,
                                                 0, 1, 10, 11, 12, 13, 14, 15, 8, 9));
}

__attribute__((always_inline)) inline void quarter(Pair& v) {
  v.a0 = multiply_add(v.a0, v.b0);
  v.a1 = multiply_add(v.a1, v.b1);
  v.d0 = rotated_32(_mm256_xor_si256(v.d0, v.a0));
  v.d1 = rotated_32(_mm256_xor_si256(v.d1, v.a1));
  v.c0 = multiply_add(v.c0, v.d0);
  v.c1 = multiply_add(v.c1, v.d1);
  v.b0 = rotated_24(_mm256_xor_si256(v.b0, v.c0));
  v.b1 = rotated_24(_mm256_xor_si256(v.b1, v.c1));
  v.a0 = multiply_add(v.a0, v.b0);
  v.a1 = multiply_add(v.a1, v.b1);
  v.d0 = rotated_16(_mm256_xor_si256(v.d0, v.a0));
  v.d1 = rotated_16(_mm256_xor_si256(v.d1, v.a1));
  v.c0 = multiply_add(v.c0, v.d0);
  v.c1 = multiply_add(v.c1, v.d1);
  v.b0 = rotated_63(_mm256_xor_si256(v.b0, v.c0));
  v.b1 = rotated_63(_mm256_xor_si256(v.b1, v.c1));
}

/// Two rows: a register holds four words of one row, so a diagonal is a rotation within the register.
__attribute__((always_inline)) inline void permute_rows(Pair& v) {
  constexpr int up = _MM_SHUFFLE(0, 3, 2, 1), half = _MM_SHUFFLE(1, 0, 3, 2), down = _MM_SHUFFLE(2, 1, 0, 3);
  quarter(v);
  v.b0 = _mm256_permute4x64_epi64(v.b0, up);
  v.b1 = _mm256_permute4x64_epi64(v.b1, up);
  v.c0 = _mm256_permute4x64_epi64(v.c0, half);
  v.c1 = _mm256_permute4x64_epi64(v.c1, half);
  v.d0 = _mm256_permute4x64_epi64(v.d0, down);
  v.d1 = _mm256_permute4x64_epi64(v.d1, down);
  quarter(v);
  v.b0 = _mm256_permute4x64_epi64(v.b0, down);
  v.b1 = _mm256_permute4x64_epi64(v.b1, down);
  v.c0 = _mm256_permute4x64_epi64(v.c0, half);
  v.c1 = _mm256_permute4x64_epi64(v.c1, half);
  v.d0 = _mm256_permute4x64_epi64(v.d0, up);
  v.d1 = _mm256_permute4x64_epi64(v.d1, up);
}

/// Two columns: a register holds two words of each, so a diagonal is one byte-align across two registers (C: a swap).
__attribute__((always_inline)) inline void permute_columns(Pair& v) {
  quarter(v);
  Pair turned{v.a0, v.a1, _mm256_alignr_epi8(v.b1, v.b0, 8), _mm256_alignr_epi8(v.b0, v.b1, 8),
              v.c1, v.c0, _mm256_alignr_epi8(v.d0, v.d1, 8), _mm256_alignr_epi8(v.d1, v.d0, 8)};
  quarter(turned);
  v.a0 = turned.a0;
  v.a1 = turned.a1;
  v.b0 = _mm256_alignr_epi8(turned.b0, turned.b1, 8);
  v.b1 = _mm256_alignr_epi8(turned.b1, turned.b0, 8);
  v.c0 = turned.c1;
  v.c1 = turned.c0;
  v.d0 = _mm256_alignr_epi8(turned.d1, turned.d0, 8);
  v.d1 = _mm256_alignr_epi8(turned.d0, turned.d1, 8);
}

struct Avx2Mixer {
  static constexpr std::size_t slot(std::size_t word) { return word; }

  /// Loads four words of previous xor reference and leaves in `next` what the result is xored into at the end.
  template <bool Xors>
  static __attribute__((always_inline)) inline Vector take(const Vector* p, const Vector* r, Vector* n, std::size_t i) {
    const Vector both = _mm256_xor_si256(_mm256_load_si256(p + i), _mm256_load_si256(r + i));
    _mm256_store_si256(n + i, Xors ? _mm256_xor_si256(both, _mm256_load_si256(n + i)) : both);
    return both;
  }

  static __attribute__((always_inline)) inline void leave(Vector* n, std::size_t i, Vector value) {
    _mm256_store_si256(n + i, _mm256_xor_si256(value, _mm256_load_si256(n + i)));
  }

  template <bool Xors>
  static void mix(const Block& previous, const Block& reference, Block& next) {
    const auto* p = reinterpret_cast<const Vector*>(previous.words.data());
    const auto* r = reinterpret_cast<const Vector*>(reference.words.data());
    auto* n = reinterpret_cast<Vector*>(next.words.data());
    alignas(32) Vector rows[32];
    for (std::size_t i = 0; i < 32; i += 8) {
      Pair v{take<Xors>(p, r, n, i),     take<Xors>(p, r, n, i + 4), take<Xors>(p, r, n, i + 1),
             take<Xors>(p, r, n, i + 5), take<Xors>(p, r, n, i + 2), take<Xors>(p, r, n, i + 6),
             take<Xors>(p, r, n, i + 3), take<Xors>(p, r, n, i + 7)};
      permute_rows(v);
      rows[i] = v.a0, rows[i + 1] = v.b0, rows[i + 2] = v.c0, rows[i + 3] = v.d0;
      rows[i + 4] = v.a1, rows[i + 5] = v.b1, rows[i + 6] = v.c1, rows[i + 7] = v.d1;
    }
    for (std::size_t i = 0; i < 4; ++i) {
      Pair v{rows[i], rows[i + 4], rows[i + 8], rows[i + 12], rows[i + 16], rows[i + 20], rows[i + 24], rows[i + 28]};
      permute_columns(v);
      leave(n, i, v.a0);
      leave(n, i + 4, v.a1);
      leave(n, i + 8, v.b0);
      leave(n, i + 12, v.b1);
      leave(n, i + 16, v.c0);
      leave(n, i + 20, v.c1);
      leave(n, i + 24, v.d0);
      leave(n, i + 28, v.d1);
    }
  }
};

void fill_with_avx2(const Filling& filling, const Position& at) { fill_segment<Avx2Mixer>(filling, at); }

}  // namespace
}  // namespace portcullis::argon2

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

namespace portcullis::argon2 {
FillKernel avx2_kernel() noexcept { return {&fill_with_avx2, nullptr}; }
}  // namespace portcullis::argon2

#else

namespace portcullis::argon2 {
FillKernel avx2_kernel() noexcept { return {nullptr, nullptr}; }
}  // namespace portcullis::argon2

#endif
