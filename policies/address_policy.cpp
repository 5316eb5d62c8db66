#include "policies/address_policy.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace portcullis::policies {
namespace {

struct Block {
  std::array<std::uint8_t, 16> first{};
  unsigned bits = 0;
};

constexpr std::array special_v4{
    Block{{0}, 8},
    Block{{10}, 8},
    Block{{100, 64}, 10},
    Block{{127}, 8},
    Block{{169, 254}, 16},
    Block{{172, 16}, 12},
    Block{{192, 0, 0}, 24},
    Block{{192, 0, 2}, 24},
    Block{{192, 88, 99}, 24},
    Block{{192, 168}, 16},
    Block{{198, 18}, 15},
    Block{{198, 51, 100}, 24},
    Block{{203, 0, 113}, 24},
    Block{{224}, 4},
    Block{{240}, 4},
};
constexpr Block global_unicast{{0x20}, 3};
constexpr std::array special_v6{
    Block{{0x20, 0x01}, 23},              // protocol assignments, Teredo among them
    Block{{0x20, 0x01, 0x0d, 0xb8}, 32},  // documentation
    Block{{0x3f, 0xff}, 20},              // documentation
};
constexpr Block mapped{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96};
constexpr Block nat64{{0x00, 0x64, 0xff, 0x9b}, 96};
constexpr Block six_to_four{{0x20, 0x02}, 16};

bool is_in(const Block& block, std::span<const std::uint8_t> address) noexcept {
  const std::size_t whole = block.bits / 8;
  const unsigned rest = block.bits % 8;
  if (!std::equal(address.begin(), address.begin() + static_cast<std::ptrdiff_t>(whole), block.first.begin()))
    return false;
  return rest == 0 || (address[whole] ^ block.first.at(whole)) >> (8 - rest) == 0;
}

template <std::size_t Count>
bool is_in_any(const std::array<Block, Count>& blocks, std::span<const std::uint8_t> address) noexcept {
  return std::any_of(blocks.begin(), blocks.end(), [address](const Block& block) { return is_in(block, address); });
}

}  // namespace

bool is_public_address(std::span<const std::uint8_t> address) noexcept {
  if (address.size() == 4) return !is_in_any(special_v4, address);
  if (address.size() != 16) return false;
  if (is_in(mapped, address) || is_in(nat64, address)) return is_public_address(address.subspan(12, 4));
  if (is_in(six_to_four, address)) return is_public_address(address.subspan(2, 4));
  return is_in(global_unicast, address) && !is_in_any(special_v6, address);
}

}  // namespace portcullis::policies
