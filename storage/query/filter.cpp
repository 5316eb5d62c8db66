#include "storage/query/filter.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "core/words.hpp"
#include "storage/keys.hpp"
#include "storage/users.hpp"

namespace portcullis::storage::query {
namespace {

/// -1, 0, 1; values of one attribute are of one type.
int compare(const Operand& shown, const Operand& asked) { return shown < asked ? -1 : (asked < shown ? 1 : 0); }

bool has(const std::vector<std::string_view>& list, const Operand& value) {
  return std::find(list.begin(), list.end(), std::string_view(std::get<std::string>(value))) != list.end();
}

bool has(const std::string& text, const Operand& value) {
  return text.find(std::get<std::string>(value)) != std::string::npos;
}

template <class Container>
bool looks_inside(Method method, const Container& within, const std::vector<Operand>& values) {
  const auto is_inside = [&](const Operand& value) { return has(within, value); };
  if (method == Method::contains_all) return std::all_of(values.begin(), values.end(), is_inside);
  return std::any_of(values.begin(), values.end(), is_inside) == (method == Method::contains);
}

/// A text or list against a method that looks at a part of it.
bool holds_of_text(const Filter& filter, const std::string& text) {
  const auto asked = [&] { return std::string_view(std::get<std::string>(filter.values.front())); };
  switch (filter.method) {
    case Method::starts_with:
      return text.starts_with(asked());
    case Method::not_starts_with:
      return !text.starts_with(asked());
    case Method::ends_with:
      return text.ends_with(asked());
    case Method::not_ends_with:
      return !text.ends_with(asked());
    default:
      return looks_inside(filter.method, text, filter.values);
  }
}

bool holds_of_value(const Filter& filter, const Operand& shown) {
  const std::vector<Operand>& asked = filter.values;
  const auto is_shown = [&](const Operand& value) { return compare(shown, value) == 0; };
  const auto between = [&] { return compare(shown, asked[0]) >= 0 && compare(shown, asked[1]) <= 0; };
  switch (filter.method) {
    case Method::equal:
      return std::any_of(asked.begin(), asked.end(), is_shown);
    case Method::not_equal:
      return !is_shown(asked.front());
    case Method::less:
      return compare(shown, asked.front()) < 0;
    case Method::less_equal:
      return compare(shown, asked.front()) <= 0;
    case Method::greater:
      return compare(shown, asked.front()) > 0;
    case Method::greater_equal:
      return compare(shown, asked.front()) >= 0;
    case Method::between:
      return between();
    case Method::not_between:
      return !between();
    default:
      return std::holds_alternative<std::string>(shown) && holds_of_text(filter, std::get<std::string>(shown));
  }
}

Operand operand_of(const Shown& shown, Type type) {
  if (const bool* flag = std::get_if<bool>(&shown)) return *flag;
  if (const std::int64_t* number = std::get_if<std::int64_t>(&shown)) return *number;
  const std::string_view text = std::get<std::string_view>(shown);
  return type == Type::text ? fold_case(text) : std::string(text);
}

/// splitmix64's last step: each seed is an order of its own.
std::uint64_t mixed(std::uint64_t z) noexcept {
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
  z = (z ^ z >> 27) * 0x94d049bb133111ebU;
  return z ^ z >> 31;
}

}  // namespace

bool hold(std::span<const Filter> filters, std::span<const Attribute> attributes, const Item& item) {
  return std::all_of(filters.begin(), filters.end(), [&](const Filter& f) { return holds(f, attributes, item); });
}

bool holds(const Filter& filter, std::span<const Attribute> attributes, const Item& item) {
  if (filter.method == Method::all_of) return hold(filter.parts, attributes, item);
  if (filter.method == Method::any_of) {
    const auto one_holds = [&](const Filter& part) { return holds(part, attributes, item); };
    return std::any_of(filter.parts.begin(), filter.parts.end(), one_holds);
  }
  const Shown shown = item.show(filter.attribute);
  const bool null = std::holds_alternative<std::monostate>(shown);
  if (filter.method == Method::is_null || filter.method == Method::is_not_null)
    return null == (filter.method == Method::is_null);
  if (null) return false;  // as in SQL, also of what is denied
  if (const auto* list = std::get_if<std::vector<std::string_view>>(&shown))
    return looks_inside(filter.method, *list, filter.values);
  return holds_of_value(filter, operand_of(shown, attributes[filter.attribute].type));
}

Ranking::Ranking(const Query& query, std::span<const Attribute> attributes, std::uint64_t seed)
    : attributes_(attributes), newest_first_(query.newest_first), random_(query.random), seed_(seed) {
  if (random_) return;
  for (const Order& order : query.orders) {
    const std::string_view name = attributes[order.attribute].name;
    newest_first_ = order.descending && (name == "$sequence" || name == "$createdAt" || name == "$updatedAt");
    if (name == "$sequence") return;
    orders_.push_back(order);
  }
}

std::uint64_t Ranking::shuffled(std::uint64_t sequence) const noexcept {
  return random_ ? mixed(sequence + seed_) : sequence;
}

Rank Ranking::rank(std::uint64_t sequence) const { return {{}, shuffled(sequence)}; }

std::string Ranking::sort_key(std::string_view text, std::size_t attribute) const {
  const Attribute& declared = attributes_[attribute];
  if (declared.keyed) return keys::part_of(text);
  return declared.type == Type::text ? keys::sorted_text(text) : std::string(text);
}

Rank Ranking::rank(const Item& item) const {
  Rank rank{{}, shuffled(item.sequence())};
  for (const Order& order : orders_) {
    const Shown shown = item.show(order.attribute);
    RankValue value;
    if (const bool* flag = std::get_if<bool>(&shown)) value = *flag;
    if (const std::int64_t* number = std::get_if<std::int64_t>(&shown)) value = *number;
    if (const std::string_view* text = std::get_if<std::string_view>(&shown)) value = sort_key(*text, order.attribute);
    rank.values.push_back(std::move(value));
  }
  return rank;
}

bool Ranking::before(const Rank& a, const Rank& b) const {
  for (std::size_t i = 0; i < orders_.size(); ++i) {
    if (a.values[i] == b.values[i]) continue;
    return (a.values[i] < b.values[i]) != orders_[i].descending;
  }
  return newest_first_ ? a.sequence > b.sequence : a.sequence < b.sequence;
}

bool Ranking::may_be_cursor(const Item& item) const {
  return std::none_of(orders_.begin(), orders_.end(), [&](const Order& order) {
    return std::holds_alternative<std::monostate>(item.show(order.attribute));
  });
}

}  // namespace portcullis::storage::query
