#include "core/words.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "core/validators.hpp"

namespace portcullis {
namespace {

bool is_ascii(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

bool is_ascii_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool is_word(utf8proc_int32_t c) {
  const utf8proc_category_t category = utf8proc_category(c);
  return (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_NO) || c == '_';
}

/// How many bytes at the front form one character of a word; 0 when they form none, and `skip` is then how many to pass
/// over.
std::size_t word_character(std::string_view text, std::size_t& skip) {
  skip = 1;
  if (static_cast<unsigned char>(text.front()) < 0x80) return is_ascii_word(text.front()) ? 1 : 0;
  utf8proc_int32_t c = 0;
  const utf8proc_ssize_t size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                                 static_cast<utf8proc_ssize_t>(text.size()), &c);
  if (size <= 0) return 0;
  skip = static_cast<std::size_t>(size);
  return is_word(c) ? skip : 0;
}

/// More combining marks on one letter than any script uses (Unicode's stream-safe text has 30), in a text longer than
/// the store keeps. The library sorts marks by exchanging neighbours, in time quadratic in their number.
bool is_slow_to_compose(std::string_view text) {
  constexpr std::size_t longest_kept = 1024;
  constexpr std::size_t most_marks = 30;
  std::size_t marks = 0;
  if (text.size() <= longest_kept) return false;
  while (!text.empty()) {
    utf8proc_int32_t c = 0;
    const utf8proc_ssize_t size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                                   static_cast<utf8proc_ssize_t>(text.size()), &c);
    if (size <= 0) return false;
    marks = utf8proc_get_property(c)->combining_class != 0 ? marks + 1 : 0;
    if (marks > most_marks) return true;
    text.remove_prefix(static_cast<std::size_t>(size));
  }
  return false;
}

struct Free {
  void operator()(utf8proc_uint8_t* text) const noexcept { std::free(text); }
};

}  // namespace

std::string_view unicode_version() noexcept { return utf8proc_unicode_version(); }

std::string fold_case(std::string_view text) {
  if (is_ascii(text) || is_slow_to_compose(text)) return validators::ascii_lower(text);
  // Flags that the library takes as one value of its enumeration.
  constexpr auto options =
      // NOLINTNEXTLINE(clang-analyzer-optin.core.EnumCastOutOfRange)
      static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD);
  utf8proc_uint8_t* raw = nullptr;
  const utf8proc_ssize_t size = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                             static_cast<utf8proc_ssize_t>(text.size()), &raw, options);
  const std::unique_ptr<utf8proc_uint8_t, Free> folded(raw);
  if (size < 0) return validators::ascii_lower(text);
  return {reinterpret_cast<const char*>(folded.get()), static_cast<std::size_t>(size)};
}

std::vector<std::string> words_of(std::string_view text) {
  const std::string folded = fold_case(text);
  std::vector<std::string> words;
  std::string_view rest = folded;
  std::size_t length = 0;  // of the word that ends where `rest` begins
  const auto end_word = [&] {
    if (length == 0) return;
    words.emplace_back(rest.data() - length, std::min(length, word_bytes));
    length = 0;
  };
  while (!rest.empty()) {
    std::size_t skip = 0;
    const std::size_t size = word_character(rest, skip);
    if (size == 0) end_word();
    rest.remove_prefix(skip);
    length += size;
  }
  end_word();
  return words;
}

}  // namespace portcullis
