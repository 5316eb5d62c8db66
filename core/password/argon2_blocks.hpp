#pragma once
// What the Argon2 fill kernels share: the memory as blocks, the position of the filling, and the kernel's interface.
// Source of names and numbers: RFC 9106 section 3. Plain values; a segment is filled by one thread.

#include <array>
#include <cstddef>
#include <cstdint>

namespace portcullis::argon2 {

/// 1 KiB of memory. A kernel may store the 128 words in an order of its own (FillKernel::slots).
struct alignas(64) Block {
  std::array<std::uint64_t, 128> words;
};
static_assert(sizeof(Block) == 1024);

inline constexpr std::uint32_t slices = 4;

/// One hash being computed.
struct Filling {
  Block* memory = nullptr;
  std::uint32_t lanes = 1;
  std::uint32_t lane_blocks = 0;     ///< blocks a lane, a multiple of four
  std::uint32_t segment_blocks = 0;  ///< a quarter of a lane
  std::uint32_t passes = 1;
  std::uint32_t type = 2;   ///< 1 = Argon2i, 2 = Argon2id
  bool overwrites = false;  ///< version 0x10: later passes replace blocks instead of xoring into them
};

/// The segment to fill.
struct Position {
  std::uint32_t pass = 0;
  std::uint32_t slice = 0;
  std::uint32_t lane = 0;
};

using SlotTable = std::array<std::uint8_t, 128>;

struct FillKernel {
  void (*fill_segment)(const Filling&, const Position&);
  const SlotTable* slots;  ///< index of word i in a block; null = in order
};

[[nodiscard]] FillKernel portable_kernel() noexcept;
/// `fill_segment` is null where the kernel was not compiled in.
[[nodiscard]] FillKernel avx2_kernel() noexcept;
[[nodiscard]] FillKernel avx512_kernel() noexcept;

}  // namespace portcullis::argon2
