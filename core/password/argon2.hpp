#pragma once
// The Argon2 engine (RFC 9106): Argon2id and Argon2i, versions 0x13 and 0x10, any number of lanes, secret and
// associated data. It works in the caller's memory, allocates nothing, and makes no system call but to yield a claimed
// processor (core/processor_claim.hpp). libsodium, selectable as a reference, does both. Kernels are chosen at run time
// after a known-answer test. Any thread.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace portcullis::argon2 {

enum class Kernel : std::uint8_t { portable, avx2, avx512, sodium };

struct Params {
  bool id = true;  ///< Argon2id, else Argon2i
  std::uint32_t version = 0x13;
  std::uint32_t memory_kib = 0;  ///< at least 8 a lane
  std::uint32_t passes = 1;
  std::uint32_t lanes = 1;
};

using Bytes = std::span<const std::uint8_t>;

struct Inputs {
  Bytes password;
  Bytes salt;
  Bytes secret;      ///< RFC 9106 `K`: a pepper
  Bytes associated;  ///< RFC 9106 `X`
};

/// Fills `tag` (4 bytes or more). `memory` is aligned to 64 bytes and holds memory_kib; blocks that would let a
/// password be guessed cheaply are wiped afterwards. False when parameters or memory do not fit; `tag` is then
/// unchanged.
[[nodiscard]] bool hash(Kernel kernel, const Params& params, const Inputs& inputs, std::span<std::byte> memory,
                        std::span<std::uint8_t> tag);

[[nodiscard]] std::string_view name(Kernel kernel) noexcept;
[[nodiscard]] std::optional<Kernel> kernel_by_name(std::string_view name) noexcept;
/// The kernel was compiled in and this processor has its instructions.
[[nodiscard]] bool is_available(Kernel kernel) noexcept;
/// Compares with known answers, of one and of several lanes; a kernel that fails must not be used.
[[nodiscard]] bool passes_self_test(Kernel kernel);

struct Selection {
  Kernel kernel = Kernel::portable;
  std::vector<Kernel> failed;  ///< available but wrong on this machine
};

/// No kernel can be used; what() is a sentence for people.
class NoKernel : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

using SelfTest = std::function<bool(Kernel)>;

/// The fastest available kernel that passes its self-test, or `wanted` and no other. Throws NoKernel when none passes.
[[nodiscard]] Selection select_kernel(std::optional<Kernel> wanted = {}, const SelfTest& passes = passes_self_test);

}  // namespace portcullis::argon2
