#pragma once
// Words of a text, and case-folded text, as lists compare and search them. Unicode by utf8proc. Pure; any thread.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace portcullis {

/// Of a longer word only so many bytes at the front count.
inline constexpr std::size_t word_bytes = 64;

/// The version of the Unicode tables that the functions below use; another version may fold case and split words
/// differently.
[[nodiscard]] std::string_view unicode_version() noexcept;

/// The text with its case folded; text that is not UTF-8, or longer than 1024 bytes with more than 30 marks on a
/// letter, has only its ASCII letters folded.
[[nodiscard]] std::string fold_case(std::string_view text);

/// Its words in order, folded, at most `word_bytes` each: runs of letters, marks, digits and `_`. Bytes that are not
/// UTF-8 end a word.
[[nodiscard]] std::vector<std::string> words_of(std::string_view text);

}  // namespace portcullis
