// No header: it is part of the file that includes it.
// Mixing two blocks in 512-bit registers. Written with ten AVX-512F intrinsics and nothing else of the instruction set,
// so that a test can replace them by plain C++ and run it on any processor. The kernel includes this inside its own
// target region, after <immintrin.h>; all of it has internal linkage.

#include <cstddef>
#include <cstdint>

#include "core/password/argon2_blocks.hpp"

namespace portcullis::argon2 {
namespace {  // NOLINT(cert-dcl59-cpp)

using Vector = __m512i;

/// The index at which word `word` of a block is stored. A register holds four words of row 2g in its lower half and of
/// row 2g + 1 in its upper half, so a row's diagonals are rotations within halves and both rounds of the block need no
/// more loads.
constexpr std::size_t slot_of(std::size_t word) {
  const std::size_t row = word / 16, quarter = word % 16 / 4;
  return (row / 2 * 4 + quarter) * 8 + row % 2 * 4 + word % 4;
}

constexpr SlotTable make_slots() {
  SlotTable slots{};
  for (std::size_t word = 0; word < slots.size(); ++word) slots[word] = static_cast<std::uint8_t>(slot_of(word));
  return slots;
}
constexpr SlotTable slots = make_slots();

/// Four registers of one quarter (A, B, C or D) of the sixteen-word states.
struct Quad {
  Vector v0, v1, v2, v3;
};

__attribute__((always_inline)) inline Vector multiply_add(Vector x, Vector y) {
  const Vector product = _mm512_mul_epu32(x, y);
  return _mm512_add_epi64(_mm512_add_epi64(x, y), _mm512_add_epi64(product, product));
}

/// x += y (with the product), w = (w ^ x) rotated right.
template <int Bits>
__attribute__((always_inline)) inline void step(Quad& x, const Quad& y, Quad& w) {
  x.v0 = multiply_add(x.v0, y.v0);
  w.v0 = _mm512_ror_epi64(_mm512_xor_si512(w.v0, x.v0), Bits);
  x.v1 = multiply_add(x.v1, y.v1);
  w.v1 = _mm512_ror_epi64(_mm512_xor_si512(w.v1, x.v1), Bits);
  x.v2 = multiply_add(x.v2, y.v2);
  w.v2 = _mm512_ror_epi64(_mm512_xor_si512(w.v2, x.v2), Bits);
  x.v3 = multiply_add(x.v3, y.v3);
  w.v3 = _mm512_ror_epi64(_mm512_xor_si512(w.v3, x.v3), Bits);
}

__attribute__((always_inline)) inline void quarter(Quad& a, Quad& b, Quad& c, Quad& d) {
  step<32>(a, b, d);
  step<24>(c, d, b);
  step<16>(a, b, d);
  step<63>(c, d, b);
}

template <int Order>
__attribute__((always_inline)) inline void turn(Quad& x) {
  x.v0 = _mm512_permutex_epi64(x.v0, Order);
  x.v1 = _mm512_permutex_epi64(x.v1, Order);
  x.v2 = _mm512_permutex_epi64(x.v2, Order);
  x.v3 = _mm512_permutex_epi64(x.v3, Order);
}

__attribute__((always_inline)) inline void reorder(Quad& x, Vector order) {
  x.v0 = _mm512_permutexvar_epi64(order, x.v0);
  x.v1 = _mm512_permutexvar_epi64(order, x.v1);
  x.v2 = _mm512_permutexvar_epi64(order, x.v2);
  x.v3 = _mm512_permutexvar_epi64(order, x.v3);
}

__attribute__((always_inline)) inline void swap_middle(Quad& x) {
  constexpr int order = _MM_SHUFFLE(3, 1, 2, 0);
  x.v0 = _mm512_shuffle_i64x2(x.v0, x.v0, order);
  x.v1 = _mm512_shuffle_i64x2(x.v1, x.v1, order);
  x.v2 = _mm512_shuffle_i64x2(x.v2, x.v2, order);
  x.v3 = _mm512_shuffle_i64x2(x.v3, x.v3, order);
}

/// One BLAKE2b round on four states, then the words back from the diagonals and the middle 128-bit lanes exchanged,
/// which turns rows into columns and columns into rows.
__attribute__((always_inline)) inline void round_and_exchange(Quad& a, Quad& b, Quad& c, Quad& d) {
  quarter(a, b, c, d);
  turn<_MM_SHUFFLE(0, 3, 2, 1)>(b);
  turn<_MM_SHUFFLE(1, 0, 3, 2)>(c);
  turn<_MM_SHUFFLE(2, 1, 0, 3)>(d);
  quarter(a, b, c, d);
  swap_middle(a);
  reorder(b, _mm512_setr_epi64(3, 0, 7, 4, 1, 2, 5, 6));
  reorder(c, _mm512_setr_epi64(2, 3, 6, 7, 0, 1, 4, 5));
  reorder(d, _mm512_setr_epi64(1, 2, 5, 6, 3, 0, 7, 4));
}

struct Avx512Mixer {
  static constexpr std::size_t slot(std::size_t word) { return slot_of(word); }

  /// Loads eight words of previous xor reference and leaves in `next` what the result is xored into at the end.
  template <bool Xors>
  static __attribute__((always_inline)) inline Vector take(const Vector* p, const Vector* r, Vector* n, std::size_t i) {
    const Vector both = _mm512_xor_si512(_mm512_load_si512(p + i), _mm512_load_si512(r + i));
    _mm512_store_si512(n + i, Xors ? _mm512_xor_si512(both, _mm512_load_si512(n + i)) : both);
    return both;
  }

  template <bool Xors>
  static __attribute__((always_inline)) inline Quad take_quad(const Vector* p, const Vector* r, Vector* n,
                                                              std::size_t i) {
    const Vector v0 = take<Xors>(p, r, n, i), v1 = take<Xors>(p, r, n, i + 4);
    const Vector v2 = take<Xors>(p, r, n, i + 8), v3 = take<Xors>(p, r, n, i + 12);
    return Quad{v0, v1, v2, v3};
  }

  static __attribute__((always_inline)) inline void leave(Vector* n, std::size_t i, Vector value) {
    _mm512_store_si512(n + i, _mm512_xor_si512(value, _mm512_load_si512(n + i)));
  }

  static __attribute__((always_inline)) inline void leave_quad(Vector* n, std::size_t i, const Quad& x) {
    leave(n, i, x.v0);
    leave(n, i + 1, x.v1);
    leave(n, i + 2, x.v2);
    leave(n, i + 3, x.v3);
  }

  template <bool Xors>
  static __attribute__((always_inline)) inline void mix(const Block& previous, const Block& reference, Block& next) {
    const auto* p = reinterpret_cast<const Vector*>(previous.words.data());
    const auto* r = reinterpret_cast<const Vector*>(reference.words.data());
    auto* n = reinterpret_cast<Vector*>(next.words.data());
    Quad a = take_quad<Xors>(p, r, n, 0), b = take_quad<Xors>(p, r, n, 1);
    Quad c = take_quad<Xors>(p, r, n, 2), d = take_quad<Xors>(p, r, n, 3);
    round_and_exchange(a, b, c, d);
    // Row pair g of every quarter becomes quarter g of the column states.
    Quad e{a.v0, b.v0, c.v0, d.v0}, f{a.v1, b.v1, c.v1, d.v1};
    Quad g{a.v2, b.v2, c.v2, d.v2}, h{a.v3, b.v3, c.v3, d.v3};
    round_and_exchange(e, f, g, h);
    leave_quad(n, 0, e);
    leave_quad(n, 4, f);
    leave_quad(n, 8, g);
    leave_quad(n, 12, h);
  }
};

}  // namespace
}  // namespace portcullis::argon2
