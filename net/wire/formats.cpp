#include "net/wire/formats.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <system_error>

namespace portcullis {
namespace {

/// Of npm's appwrite 28 and PyPI's appwrite 27.
constexpr std::uint32_t checked_formats[] = {format_number(2, 3, 0), format_number(2, 5, 0)};

}  // namespace

bool is_spoken(std::uint32_t format) noexcept {
  return format <= current_format ||
         std::find(std::begin(checked_formats), std::end(checked_formats), format) != std::end(checked_formats);
}

std::uint32_t read_format(std::string_view text) noexcept {
  constexpr std::size_t most_parts = 3;
  constexpr std::uint32_t largest_part = 99;
  if (text.empty()) return current_format;
  std::uint32_t parts[most_parts] = {};
  for (std::size_t i = 0; i < most_parts; ++i) {
    const auto [rest, failure] = std::from_chars(text.data(), text.data() + text.size(), parts[i]);
    if (failure != std::errc{}) return current_format;
    parts[i] = std::min(parts[i], largest_part);
    text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
    if (i + 1 == most_parts || !text.starts_with('.')) break;
    text.remove_prefix(1);
  }
  if (!text.empty() && text.front() != '-' && text.front() != '+') return current_format;
  return format_number(parts[0], parts[1], parts[2]);
}

}  // namespace portcullis
