#include "core/password/pepper.hpp"

#include <algorithm>
#include <fstream>
#include <optional>
#include <stdexcept>

#include "core/crypto/encoding.hpp"
#include "core/file_mode.hpp"

namespace portcullis {
namespace {

constexpr std::size_t longest_id = 8;
constexpr std::size_t shortest_secret = 16;
constexpr std::size_t longest_secret = 64;
constexpr std::size_t longest_file = 64 * 1024;

[[noreturn]] void fail(std::size_t line, std::string_view why) {
  throw std::runtime_error("line " + std::to_string(line) + " " + std::string(why));
}

bool is_id(std::string_view text) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  return !text.empty() && text.size() <= longest_id && std::all_of(text.begin(), text.end(), fits);
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

Pepper parse_line(std::string_view text, std::size_t line) {
  const std::size_t space = text.find_first_of(" \t");
  if (space == std::string_view::npos || !is_id(text.substr(0, space)))
    fail(line, "must be an id of at most 8 letters, digits, - or _, a space and a secret in base64");
  std::optional<std::string> secret = crypto::from_base64(trimmed(text.substr(space)));
  if (!secret || secret->size() < shortest_secret || secret->size() > longest_secret) {
    if (secret) wipe(*secret);
    fail(line, "must hold a secret of 16 to 64 bytes in base64");
  }
  return Pepper{std::string(text.substr(0, space)), Secret::take(*secret)};
}

}  // namespace

Peppers Peppers::parse(std::string_view text) {
  Peppers out;
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view content = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (content.empty() || content.front() == '#') continue;
    Pepper pepper = parse_line(content, line);
    if (out.find(pepper.id)) fail(line, "repeats an id");
    out.list_.push_back(std::move(pepper));
  }
  if (out.list_.empty()) throw std::runtime_error("it holds no pepper");
  return out;
}

Peppers Peppers::read(const std::filesystem::path& file) {
  if (bits_for_others(file) != 0) throw std::runtime_error("it is open to others; chmod it to 0600");
  std::ifstream in(file, std::ios::binary);
  std::string text(longest_file + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  const auto size = static_cast<std::size_t>(in.gcount());
  if (!in.is_open() || in.bad() || size > longest_file) {
    wipe(text);
    throw std::runtime_error("it cannot be read, or is larger than 64 KiB");
  }
  try {
    Peppers out = parse(std::string_view(text).substr(0, size));
    wipe(text);
    return out;
  } catch (...) {
    wipe(text);
    throw;
  }
}

const Pepper* Peppers::find(std::string_view id) const noexcept {
  const auto found = std::find_if(list_.begin(), list_.end(), [&](const Pepper& p) { return p.id == id; });
  return found == list_.end() ? nullptr : &*found;
}

}  // namespace portcullis
