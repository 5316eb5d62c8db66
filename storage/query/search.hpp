#pragma once
// What a `search` asks for. Source: docs/contract/users.md 5. Pure; any thread.

#include <string>
#include <string_view>
#include <vector>

namespace portcullis::storage::query {

struct Search {
  std::vector<std::string> words;  ///< as words_of() gives them; none = nothing is found
  bool phrase = false;             ///< all of them, one after the other; else any of them, the last as a beginning
};

/// In quotes: a phrase. Signs count as spaces.
[[nodiscard]] Search read_search(std::string_view text);
/// Is it in this text?
[[nodiscard]] bool finds(const Search& search, std::string_view text);

}  // namespace portcullis::storage::query
