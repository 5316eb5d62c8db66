#include "core/password/argon2.hpp"

#include <array>
#include <bit>
#include <cstring>

#include "core/password/argon2_blocks.hpp"
#include "core/password/argon2_sodium.hpp"
#include "core/password/blake2b.hpp"
#include "core/secret.hpp"

namespace portcullis::argon2 {
namespace {

static_assert(std::endian::native == std::endian::little, "blocks are stored as little-endian words");

using BlockBytes = std::array<std::uint8_t, sizeof(Block)>;

FillKernel fill_kernel(Kernel kernel) {
  switch (kernel) {
    case Kernel::avx512:
      return avx512_kernel();
    case Kernel::avx2:
      return avx2_kernel();
    case Kernel::portable:
    case Kernel::sodium:
      break;
  }
  return portable_kernel();
}

std::size_t slot_of(const FillKernel& kernel, std::size_t word) {
  return kernel.slots == nullptr ? word : (*kernel.slots)[word];
}

void put_block(const FillKernel& kernel, Block& block, const BlockBytes& bytes) {
  for (std::size_t i = 0; i < block.words.size(); ++i)
    std::memcpy(&block.words[slot_of(kernel, i)], bytes.data() + 8 * i, 8);
}

/// H0, followed by the two counters from which a lane's first blocks are made. RFC 9106 section 3.2.
using Seed = std::array<std::uint8_t, 72>;

void add_counted(Blake2b& hash, Bytes bytes) {
  hash.add_le32(static_cast<std::uint32_t>(bytes.size()));
  hash.add(bytes);
}

void make_seed(const Params& params, const Inputs& inputs, std::size_t tag_size, Seed& seed) {
  Blake2b hash(64);
  hash.add_le32(params.lanes);
  hash.add_le32(static_cast<std::uint32_t>(tag_size));
  hash.add_le32(params.memory_kib);
  hash.add_le32(params.passes);
  hash.add_le32(params.version);
  hash.add_le32(params.id ? 2 : 1);
  add_counted(hash, inputs.password);
  add_counted(hash, inputs.salt);
  add_counted(hash, inputs.secret);
  add_counted(hash, inputs.associated);
  hash.finish(std::span(seed).first(64));
}

void put_first_blocks(const FillKernel& kernel, const Filling& filling, Seed& seed) {
  BlockBytes bytes;
  for (std::uint32_t lane = 0; lane < filling.lanes; ++lane) {
    for (std::uint32_t column = 0; column < 2; ++column) {
      std::memcpy(seed.data() + 64, &column, 4);
      std::memcpy(seed.data() + 68, &lane, 4);
      blake2b_long(bytes, seed);
      put_block(kernel, filling.memory[std::size_t{lane} * filling.lane_blocks + column], bytes);
    }
  }
  wipe(bytes.data(), bytes.size());
}

void fill_memory(const FillKernel& kernel, const Filling& filling) {
  for (std::uint32_t pass = 0; pass < filling.passes; ++pass)
    for (std::uint32_t slice = 0; slice < slices; ++slice)
      for (std::uint32_t lane = 0; lane < filling.lanes; ++lane)
        kernel.fill_segment(filling, Position{pass, slice, lane});
}

void make_tag(const FillKernel& kernel, const Filling& filling, std::span<std::uint8_t> tag) {
  BlockBytes bytes;
  for (std::size_t i = 0; i < 128; ++i) {
    std::uint64_t word = 0;
    for (std::size_t lane = 0; lane < filling.lanes; ++lane)
      word ^= filling.memory[(lane + 1) * filling.lane_blocks - 1].words[slot_of(kernel, i)];
    std::memcpy(bytes.data() + 8 * i, &word, 8);
  }
  blake2b_long(tag, bytes);
  wipe(bytes.data(), bytes.size());
}

/// With one pass a lane's first blocks stay in memory, and they let an attacker test a guess for the price of one
/// BLAKE2b; so does the last block.
void wipe_telling_blocks(const Filling& filling) {
  for (std::size_t lane = 0; lane < filling.lanes; ++lane) {
    Block* const first = filling.memory + lane * filling.lane_blocks;
    wipe(first, 2 * sizeof(Block));
    wipe(first + filling.lane_blocks - 1, sizeof(Block));
  }
}

bool is_fitting(const Params& params, const Inputs& inputs, std::span<std::byte> memory, std::size_t tag_size) {
  constexpr std::size_t most = 0xFFFFFFFFU;
  if (params.version != 0x10 && params.version != 0x13) return false;
  if (params.lanes < 1 || params.lanes > 0xFFFFFF || params.passes < 1 || tag_size < 4 || tag_size > most) return false;
  if (params.memory_kib / 8 < params.lanes) return false;
  for (const Bytes input : {inputs.password, inputs.salt, inputs.secret, inputs.associated})
    if (input.size() > most) return false;
  return inputs.salt.size() >= 8 && memory.size() / 1024 >= params.memory_kib &&
         reinterpret_cast<std::uintptr_t>(memory.data()) % alignof(Block) == 0;
}

}  // namespace

bool hash(Kernel kernel, const Params& params, const Inputs& inputs, std::span<std::byte> memory,
          std::span<std::uint8_t> tag) {
  if (!is_fitting(params, inputs, memory, tag.size())) return false;
  if (kernel == Kernel::sodium && sodium_can_hash(params, inputs, tag.size())) return sodium_hash(params, inputs, tag);
  const FillKernel fill = fill_kernel(kernel);
  if (fill.fill_segment == nullptr) return false;
  Filling filling;
  filling.memory = reinterpret_cast<Block*>(memory.data());
  filling.lanes = params.lanes;
  filling.segment_blocks = params.memory_kib / (slices * params.lanes);
  filling.lane_blocks = filling.segment_blocks * slices;
  filling.passes = params.passes;
  filling.type = params.id ? 2 : 1;
  filling.overwrites = params.version == 0x10;
  Seed seed{};
  make_seed(params, inputs, tag.size(), seed);
  put_first_blocks(fill, filling, seed);
  wipe(seed.data(), seed.size());
  fill_memory(fill, filling);
  make_tag(fill, filling, tag);
  wipe_telling_blocks(filling);
  return true;
}

}  // namespace portcullis::argon2
