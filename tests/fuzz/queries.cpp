// The `queries` and `search` parameters of lists: whatever is read is within its bounds and can be asked of a list, and
// a text is found by each of its own words. Lines are queries; the first one is searched for, too.

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "core/words.hpp"
#include "storage/query/search.hpp"
#include "storage/query/slice.hpp"
#include "storage/query/users.hpp"
#include "tests/fuzz/support/check.hpp"

namespace {

using namespace portcullis;
namespace query = storage::query;

/// Shows something of the right type, or nothing, in every attribute.
class Person final : public query::Item {
 public:
  explicit Person(std::uint64_t sequence) : id_("user" + std::to_string(sequence)), sequence_(sequence) {}
  [[nodiscard]] query::Shown show(std::size_t attribute) const override {
    if ((attribute + sequence_) % 4 == 0) return {};
    switch (query::user_attributes()[attribute].type) {
      case query::Type::text:
      case query::Type::exact:
        return std::string_view(id_);
      case query::Type::boolean:
        return sequence_ % 2 == 0;
      case query::Type::list:
        return std::vector<std::string_view>{"vip", id_};
      case query::Type::number:
      case query::Type::time:
        return static_cast<std::int64_t>(sequence_ / 2);
    }
    return {};
  }
  [[nodiscard]] std::string_view id() const override { return id_; }
  [[nodiscard]] std::uint64_t sequence() const override { return sequence_; }

 private:
  std::string id_;
  std::uint64_t sequence_;
};

void check_bounds(const query::Filter& filter) {
  fuzz::require(filter.attribute < query::user_attributes().size(), "an attribute of the list");
  fuzz::require(filter.values.size() <= query::most_values, "at most 500 values");
  for (const query::Filter& part : filter.parts) check_bounds(part);
}

void ask(const query::Query& asked) {
  static const auto people = [] {
    std::vector<std::unique_ptr<Person>> all;
    for (std::uint64_t i = 1; i <= 9; ++i) all.push_back(std::make_unique<Person>(i));
    return all;
  }();
  std::vector<const query::Item*> items;
  for (const auto& person : people) items.push_back(person.get());
  for (const query::Filter& filter : asked.filters) check_bounds(filter);
  fuzz::require(asked.limit.value_or(1) >= 1 && asked.limit.value_or(1) <= query::most_on_a_page, "a page's size");
  const result<query::Slice> page = query::slice(asked, query::user_attributes(), items, 7, true);
  if (!page) return;
  fuzz::require(page->positions.size() <= asked.limit.value_or(query::default_limit), "no page is larger than asked");
  fuzz::require(page->total >= page->positions.size(), "the total counts the page");
  std::vector<std::size_t> positions = page->positions;
  std::sort(positions.begin(), positions.end());
  fuzz::require(std::unique(positions.begin(), positions.end()) == positions.end(), "no record comes twice");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(fuzz::text_of(data, size));
  std::vector<std::string> lines(1);
  for (const char c : text) {
    if (c == '\n')
      lines.emplace_back();
    else
      lines.back().push_back(c);
  }
  if (const result<query::Query> asked = query::read(lines, query::user_attributes())) ask(*asked);
  for (const std::string& word : words_of(lines.front())) {
    fuzz::require(!word.empty() && word.size() <= word_bytes, "a word is short");
    fuzz::require(query::finds(query::Search{{word}, false}, lines.front()), "a text is found by its words");
  }
  const query::Search search = query::read_search(lines.front());
  fuzz::require(search.words.empty() || query::finds(search, lines.front()), "a text is found by itself");
  return 0;
}
