#include <cstddef>
#include <cstdint>

#include "core/password/argon2_blocks.hpp"
#include "core/processor_claim.hpp"

#if defined(__x86_64__)
#include <immintrin.h>

// Only the code below is compiled for AVX-512; every name in it has internal linkage.
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx512f,avx2"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx512f,avx2")
// GCC 12's own intrinsics initialise their unused operand with itself.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

#include "core/password/argon2_avx512_mixer.ipp"
#include "core/password/argon2_segment.hpp"

namespace portcullis::argon2 {
namespace {

void fill_with_avx512(const Filling& filling, const Position& at) { fill_segment<Avx512Mixer>(filling, at); }

}  // namespace
}  // namespace portcullis::argon2

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC diagnostic pop
#pragma GCC pop_options
#endif

namespace portcullis::argon2 {
FillKernel avx512_kernel() noexcept { return {&fill_with_avx512, &slots}; }
}  // namespace portcullis::argon2

#else

namespace portcullis::argon2 {
FillKernel avx512_kernel() noexcept { return {nullptr, nullptr}; }
}  // namespace portcullis::argon2

#endif
