#include "storage/query/search.hpp"

#include <algorithm>

#include "core/words.hpp"

namespace portcullis::storage::query {

Search read_search(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const std::size_t first = text.find_first_not_of(blanks);
  const std::string_view trimmed = first == std::string_view::npos
                                       ? std::string_view{}
                                       : text.substr(first, text.find_last_not_of(blanks) - first + 1);
  Search search;
  search.phrase = trimmed.size() > 2 && trimmed.front() == '"' && trimmed.back() == '"';
  search.words = words_of(trimmed);  // no sign that counts as a space is part of a word
  return search;
}

bool finds(const Search& search, std::string_view text) {
  if (search.words.empty()) return false;
  const std::vector<std::string> words = words_of(text);
  if (search.phrase)
    return std::search(words.begin(), words.end(), search.words.begin(), search.words.end()) != words.end();
  const std::string& last = search.words.back();
  return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
    return word.starts_with(last) || std::find(search.words.begin(), search.words.end(), word) != search.words.end();
  });
}

}  // namespace portcullis::storage::query
