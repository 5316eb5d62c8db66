#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "core/password/argon2.hpp"
#include "core/password/argon2_blocks.hpp"

namespace portcullis::argon2 {
namespace {

constexpr std::array fastest_first{Kernel::avx512, Kernel::avx2, Kernel::portable};

template <std::size_t Size>
std::array<std::uint8_t, Size> repeated(std::uint8_t byte) {
  std::array<std::uint8_t, Size> bytes;
  bytes.fill(byte);
  return bytes;
}

using Tag = std::array<std::uint8_t, 32>;

// RFC 9106 sections 5.2 and 5.3.
constexpr Tag argon2i_answer{0xc8, 0x14, 0xd9, 0xd1, 0xdc, 0x7f, 0x37, 0xaa, 0x13, 0xf0, 0xd7,
                             0x7f, 0x24, 0x94, 0xbd, 0xa1, 0xc8, 0xde, 0x6b, 0x01, 0x6d, 0xd3,
                             0x88, 0xd2, 0x99, 0x52, 0xa4, 0xc4, 0x67, 0x2b, 0x6c, 0xe8};
constexpr Tag argon2id_answer{0x0d, 0x64, 0x0d, 0xf5, 0x8d, 0x78, 0x76, 0x6c, 0x08, 0xc0, 0x37,
                              0xa3, 0x4a, 0x8b, 0x53, 0xc9, 0xd0, 0x1e, 0xf0, 0x45, 0x2d, 0x75,
                              0xb6, 0x5e, 0xb5, 0x25, 0x20, 0xe9, 0x6b, 0x01, 0xe6, 0x59};
// One lane, 1 MiB, two passes, password 32 times 0x01, salt 16 times 0x02; by libsodium.
constexpr Tag one_lane_answer{0xd0, 0x81, 0x2f, 0x1b, 0xb7, 0x9a, 0xbe, 0x86, 0x3b, 0xbc, 0x7c,
                              0x99, 0x61, 0x83, 0x72, 0x39, 0x4c, 0x39, 0x23, 0x88, 0xf6, 0xb3,
                              0x37, 0x7f, 0x5f, 0x88, 0xdf, 0x03, 0xa1, 0x7d, 0x89, 0xc1};

using Memory = std::vector<Block>;

std::span<std::byte> bytes_of(Memory& memory) { return std::as_writable_bytes(std::span(memory)); }

bool answers_rfc(Kernel kernel, Memory& memory, bool id, const Tag& answer) {
  const auto password = repeated<32>(1);
  const auto salt = repeated<16>(2);
  const auto secret = repeated<8>(3);
  const auto associated = repeated<12>(4);
  Tag tag{};
  const Params params{id, 0x13, 32, 3, 4};
  return hash(kernel, params, Inputs{password, salt, secret, associated}, bytes_of(memory), tag) && tag == answer;
}

bool answers_one_lane(Kernel kernel, Memory& memory) {
  const auto password = repeated<32>(1);
  const auto salt = repeated<16>(2);
  Tag tag{};
  const Params params{true, 0x13, 1024, 2, 1};
  return hash(kernel, params, Inputs{password, salt, {}, {}}, bytes_of(memory), tag) && tag == one_lane_answer;
}

}  // namespace

std::string_view name(Kernel kernel) noexcept {
  switch (kernel) {
    case Kernel::portable:
      return "portable";
    case Kernel::avx2:
      return "avx2";
    case Kernel::avx512:
      return "avx512";
    case Kernel::sodium:
      break;
  }
  return "libsodium";
}

std::optional<Kernel> kernel_by_name(std::string_view text) noexcept {
  for (const Kernel kernel : {Kernel::portable, Kernel::avx2, Kernel::avx512, Kernel::sodium})
    if (name(kernel) == text) return kernel;
  return {};
}

bool is_available(Kernel kernel) noexcept {
#if defined(__x86_64__)
  if (kernel == Kernel::avx2) return avx2_kernel().fill_segment != nullptr && __builtin_cpu_supports("avx2") != 0;
  if (kernel == Kernel::avx512)
    return avx512_kernel().fill_segment != nullptr && __builtin_cpu_supports("avx512f") != 0;
#endif
  return kernel == Kernel::portable || kernel == Kernel::sodium;
}

bool passes_self_test(Kernel kernel) {
  Memory memory(1024);
  return answers_rfc(kernel, memory, false, argon2i_answer) && answers_rfc(kernel, memory, true, argon2id_answer) &&
         answers_one_lane(kernel, memory);
}

Selection select_kernel(std::optional<Kernel> wanted, const SelfTest& passes) {
  Selection selection;
  std::vector<Kernel> candidates(fastest_first.begin(), fastest_first.end());
  if (wanted) candidates = {*wanted};
  for (const Kernel kernel : candidates) {
    if (!is_available(kernel)) continue;
    if (passes(kernel)) {
      selection.kernel = kernel;
      return selection;
    }
    selection.failed.push_back(kernel);
  }
  std::string names;
  for (const Kernel kernel : candidates) names.append(names.empty() ? "" : ", ").append(name(kernel));
  throw NoKernel("no Argon2 kernel of those allowed (" + names + ") passes its self-test on this machine");
}

}  // namespace portcullis::argon2
