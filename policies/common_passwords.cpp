#include <cstddef>
#include <iterator>
#include <string_view>

#include "policies/password_policy.hpp"

namespace portcullis::policies {
namespace {

/// Passwords of one length, sorted and joined: rows of equal width.
struct Row {
  std::size_t width;
  std::string_view words;
};

constexpr Row rows[] = {
#include "policies/data/common_passwords.inc"
};

constexpr bool is_well_formed() {
  std::size_t width = 0;
  for (const Row& row : rows)
    if (row.width != ++width || row.words.size() % row.width != 0) return false;
  return true;
}
static_assert(is_well_formed());

}  // namespace

bool is_common_password(std::string_view password) noexcept {
  const std::size_t width = password.size();
  if (width == 0 || width > std::size(rows)) return false;
  const std::string_view words = rows[width - 1].words;
  std::size_t low = 0;
  std::size_t high = words.size() / width;
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    const int order = words.substr(middle * width, width).compare(password);
    if (order == 0) return true;
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return false;
}

}  // namespace portcullis::policies
