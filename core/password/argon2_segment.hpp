#pragma once
// Filling one segment, written once for every kernel: which block is mixed with which. A kernel includes this inside
// its own target region, with its mixing function as the template argument, so that everything is inlined there; all
// of it has internal linkage, or the linker could mix code of different instruction sets.

#include <cstdint>

#include "core/password/argon2_blocks.hpp"
#include "core/processor_claim.hpp"

namespace portcullis::argon2 {
namespace {  // NOLINT(cert-dcl59-cpp)

/// The index of the block to mix in, from pseudo-random bits. Source: RFC 9106 section 3.4.2.
template <class Mixer>
[[nodiscard]] inline std::uint64_t reference_block(const Filling& f, const Position& at, std::uint32_t index,
                                                   std::uint64_t bits) {
  const bool first = at.pass == 0 && at.slice == 0;
  const std::uint32_t lane = first || f.lanes == 1 ? at.lane : static_cast<std::uint32_t>((bits >> 32U) % f.lanes);
  const std::uint32_t finished = at.pass == 0 ? at.slice * f.segment_blocks : f.lane_blocks - f.segment_blocks;
  // A block may refer to all finished blocks of its own lane but its direct predecessor; of other lanes only to
  // finished segments, and the first block of a segment not to their last block.
  const std::uint32_t area = lane == at.lane ? finished + index - 1 : finished - (index == 0 ? 1U : 0U);
  const std::uint64_t low = bits & 0xFFFFFFFFU;
  const std::uint64_t back = (std::uint64_t{area} * ((low * low) >> 32U)) >> 32U;
  const std::uint32_t start = at.pass == 0 || at.slice == slices - 1 ? 0 : (at.slice + 1) * f.segment_blocks;
  std::uint64_t column = start + area - 1 - back;
  if (column >= f.lane_blocks) column -= f.lane_blocks;
  return std::uint64_t{lane} * f.lane_blocks + column;
}

template <class Mixer>
inline void prefetch_block(const Block& block) {
  const char* bytes = reinterpret_cast<const char*>(block.words.data());
  for (unsigned line = 0; line < sizeof(Block); line += 64) __builtin_prefetch(bytes + line, 0, 3);
}

/// The 128 pseudo-random words that address blocks independently of the password (Argon2i, first half of id).
template <class Mixer>
struct Addresses {
  Block input{}, zero{}, middle{}, words{};

  Addresses(const Filling& f, const Position& at) {
    input.words[Mixer::slot(0)] = at.pass;
    input.words[Mixer::slot(1)] = at.lane;
    input.words[Mixer::slot(2)] = at.slice;
    input.words[Mixer::slot(3)] = std::uint64_t{f.lanes} * f.lane_blocks;
    input.words[Mixer::slot(4)] = f.passes;
    input.words[Mixer::slot(5)] = f.type;
  }
  void next() {
    ++input.words[Mixer::slot(6)];
    Mixer::template mix<false>(zero, input, middle);
    Mixer::template mix<false>(zero, middle, words);
  }
  [[nodiscard]] std::uint64_t at(std::uint32_t index) const { return words.words[Mixer::slot(index % 128)]; }
};

template <class Mixer, bool Xors>
void fill_addressed(const Filling& f, const Position& at, std::uint32_t first, Block* previous, Block* current) {
  Addresses<Mixer> addresses(f, at);
  addresses.next();
  for (std::uint32_t i = first; i < f.segment_blocks; ++i) {
    if (i % 128 == 0 && i != 0) {
      yield_to_claimer();
      addresses.next();
    }
    // The order is known ahead, so memory can be prefetched.
    if (i % 128 < 126 && i + 2 < f.segment_blocks)
      prefetch_block<Mixer>(f.memory[reference_block<Mixer>(f, at, i + 2, addresses.at(i + 2))]);
    const Block& reference = f.memory[reference_block<Mixer>(f, at, i, addresses.at(i))];
    Mixer::template mix<Xors>(*previous, reference, *current);
    previous = current++;
  }
}

template <class Mixer, bool Xors>
void fill_dependent(const Filling& f, const Position& at, std::uint32_t first, Block* previous, Block* current) {
  for (std::uint32_t i = first; i < f.segment_blocks; ++i) {
    if (i % 128 == 0) yield_to_claimer();
    const Block& reference = f.memory[reference_block<Mixer>(f, at, i, previous->words[Mixer::slot(0)])];
    Mixer::template mix<Xors>(*previous, reference, *current);
    previous = current++;
  }
}

template <class Mixer>
void fill_segment(const Filling& f, const Position& at) {
  const std::uint32_t first = at.pass == 0 && at.slice == 0 ? 2 : 0;
  Block* const lane = f.memory + std::uint64_t{at.lane} * f.lane_blocks;
  const std::uint32_t column = at.slice * f.segment_blocks + first;
  Block* const current = lane + column;
  Block* const previous = lane + (column == 0 ? f.lane_blocks : column) - 1;
  const bool addressed = f.type == 1 || (at.pass == 0 && at.slice < 2);
  const bool xors = at.pass != 0 && !f.overwrites;
  if (addressed && xors) fill_addressed<Mixer, true>(f, at, first, previous, current);
  if (addressed && !xors) fill_addressed<Mixer, false>(f, at, first, previous, current);
  if (!addressed && xors) fill_dependent<Mixer, true>(f, at, first, previous, current);
  if (!addressed && !xors) fill_dependent<Mixer, false>(f, at, first, previous, current);
}

}  // namespace
}  // namespace portcullis::argon2
