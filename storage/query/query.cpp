#include "storage/query/query.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "core/json/value.hpp"
#include "core/time.hpp"
#include "core/validators.hpp"
#include "core/words.hpp"

namespace portcullis::storage::query {
namespace {

error invalid(const char* rule) { return {errc::general_argument_invalid, "queries", rule}; }

/// How many values a filter takes.
enum class Takes : std::uint8_t { any_number, one, two, none };

struct Shape {
  std::string_view name;
  Method method;
  Takes takes;
};
constexpr std::array shapes{Shape{"equal", Method::equal, Takes::any_number},
                            Shape{"notEqual", Method::not_equal, Takes::one},
                            Shape{"lessThan", Method::less, Takes::one},
                            Shape{"lessThanEqual", Method::less_equal, Takes::one},
                            Shape{"greaterThan", Method::greater, Takes::one},
                            Shape{"greaterThanEqual", Method::greater_equal, Takes::one},
                            Shape{"between", Method::between, Takes::two},
                            Shape{"notBetween", Method::not_between, Takes::two},
                            Shape{"isNull", Method::is_null, Takes::none},
                            Shape{"isNotNull", Method::is_not_null, Takes::none},
                            Shape{"startsWith", Method::starts_with, Takes::one},
                            Shape{"notStartsWith", Method::not_starts_with, Takes::one},
                            Shape{"endsWith", Method::ends_with, Takes::one},
                            Shape{"notEndsWith", Method::not_ends_with, Takes::one},
                            Shape{"contains", Method::contains, Takes::any_number},
                            Shape{"containsAny", Method::contains, Takes::any_number},
                            Shape{"notContains", Method::not_contains, Takes::any_number},
                            Shape{"containsAll", Method::contains_all, Takes::any_number}};

bool looks_inside(Method method) {
  return method == Method::contains || method == Method::not_contains || method == Method::contains_all;
}

bool is_about_texts(Method method) {
  return method == Method::starts_with || method == Method::not_starts_with || method == Method::ends_with ||
         method == Method::not_ends_with;
}

bool is_about_null(Method method) { return method == Method::is_null || method == Method::is_not_null; }

/// The attribute that every list with attributes has and that is the order in which its records were made.
constexpr std::string_view created_order = "$sequence";

/// One query as it came; views live as long as the JSON.
struct Said {
  std::string_view method, attribute;
  const json::Array* values = nullptr;  ///< null = none
  [[nodiscard]] std::size_t count() const { return values ? values->size() : 0; }
};

result<Said> read_said(const json::Value& value) {
  const json::Object* object = value.object();
  if (!object) return invalid("a list of queries: JSON objects with `method`, `attribute` and `values`");
  Said said;
  const json::Value* method = json::find(*object, "method");
  if (!method || !method->string()) return invalid("a list of queries with a `method` each");
  said.method = *method->string();
  const json::Value* attribute = json::find(*object, "attribute");
  if (attribute && !attribute->is_null() && !attribute->string())
    return invalid("a list of queries whose `attribute` is text");
  if (attribute && attribute->string()) said.attribute = *attribute->string();
  const json::Value* values = json::find(*object, "values");
  if (values && !values->is_null() && !values->array()) return invalid("a list of queries whose `values` is an array");
  if (values) said.values = values->array();
  return said;
}

std::optional<std::int64_t> read_number(const json::Value& value) {
  if (value.integer()) return *value.integer();
  const std::string* text = value.string();
  if (!text || text->empty()) return std::nullopt;
  std::int64_t number = 0;
  const char* end = text->data() + text->size();
  const auto [rest, failure] = std::from_chars(text->data(), end, number);
  if (failure != std::errc{} || rest != end) return std::nullopt;
  return number;
}

std::optional<Operand> read_operand(const json::Value& value, Type type) {
  switch (type) {
    case Type::text:
      return value.string() ? std::optional<Operand>(fold_case(*value.string())) : std::nullopt;
    case Type::exact:
    case Type::list:
      return value.string() ? std::optional<Operand>(*value.string()) : std::nullopt;
    case Type::boolean:
      return value.boolean() ? std::optional<Operand>(*value.boolean()) : std::nullopt;
    case Type::number:
      if (const std::optional<std::int64_t> number = read_number(value)) return Operand(*number);
      return std::nullopt;
    case Type::time:
      if (!value.string()) return std::nullopt;
      if (const std::optional<Time> time = parse_iso8601(*value.string())) return Operand(to_millis(*time));
      return std::nullopt;
  }
  return std::nullopt;
}

result<void> check_type(Method method, Type type) {
  const bool texts = type == Type::text || type == Type::exact;
  if (type == Type::list && !looks_inside(method) && !is_about_null(method))
    return invalid("a list of queries that ask of an attribute that is an array only what it contains, or isNull");
  if (looks_inside(method) && type != Type::list && !texts)
    return invalid("a list of queries that ask only texts and arrays what they contain");
  if (is_about_texts(method) && !texts) return invalid("a list of queries that ask only texts how they begin or end");
  return {};
}

result<void> check_count(Takes takes, std::size_t count) {
  if (count > most_values) return invalid("a list of queries of at most 500 values each");
  if (takes == Takes::any_number && count == 0) return invalid("a list of queries with at least one value");
  if (takes == Takes::one && count != 1) return invalid("a list of queries with exactly one value here");
  if (takes == Takes::two && count != 2) return invalid("a list of queries with exactly two values here");
  return {};
}

/// Reads one query after the other into one Query.
class Reader {
 public:
  Reader(std::span<const Attribute> attributes, std::span<const std::string> selectable)
      : attributes_(attributes), selectable_(selectable) {}
  result<void> add(const Said& said);
  void add(Filter filter);
  [[nodiscard]] Query take();

 private:
  result<Filter> filter(const Said& said);
  result<Filter> group(Method method, const Said& said);
  result<void> order(const Said& said);
  result<void> page(const Said& said);
  result<void> cursor(const Said& said);
  result<void> select(const Said& said);

  std::span<const Attribute> attributes_;
  std::span<const std::string> selectable_;
  Query query_;
  bool has_offset_ = false;
  bool has_order_ = false;
};

result<Filter> Reader::group(Method method, const Said& said) {
  if (said.count() < 2) return invalid("a list of queries whose `and` and `or` hold at least two");
  if (said.count() > most_values) return invalid("a list of queries of at most 500 values each");
  Filter group{method, 0, {}, {}};
  for (const json::Value& value : *said.values) {
    const result<Said> inner = read_said(value);
    if (!inner) return inner.error();
    result<Filter> part = filter(*inner);
    if (!part) return part.error();
    group.parts.push_back(std::move(*part));
  }
  return group;
}

result<Filter> Reader::filter(const Said& said) {
  if (said.method == "and") return group(Method::all_of, said);
  if (said.method == "or") return group(Method::any_of, said);
  const std::size_t attribute = find(attributes_, said.attribute);
  if (said.method == "search" || said.method == "notSearch") {
    if (attribute == attributes_.size()) return invalid("a list of queries on attributes of this list");
    return error(errc::general_query_invalid);
  }
  const auto shape = std::find_if(shapes.begin(), shapes.end(), [&](const Shape& s) { return s.name == said.method; });
  if (shape == shapes.end()) return invalid("a list of queries with methods that this list knows");
  if (attribute == attributes_.size()) return invalid("a list of queries on attributes of this list");
  const Type type = attributes_[attribute].type;
  const result<void> fits = check_type(shape->method, type);
  if (!fits) return fits.error();
  const result<void> counted = check_count(shape->takes, said.count());
  if (!counted) return counted.error();
  Filter made{shape->method, attribute, {}, {}};
  if (shape->takes == Takes::none) return made;
  for (const json::Value& value : *said.values) {
    std::optional<Operand> operand = read_operand(value, type);
    if (!operand) return invalid("a list of queries whose values are of their attribute's type");
    made.values.push_back(std::move(*operand));
  }
  return made;
}

result<void> Reader::order(const Said& said) {
  if (said.method == "orderRandom") {
    query_.random = true;
    return {};
  }
  // Without an attribute: by creation.
  const std::size_t attribute = find(attributes_, said.attribute.empty() ? created_order : said.attribute);
  if (attributes_.empty() && said.attribute.empty()) {
    if (!std::exchange(has_order_, true)) query_.newest_first = said.method == "orderDesc";
    return {};
  }
  if (attribute == attributes_.size()) return invalid("a list of queries on attributes of this list");
  if (attributes_[attribute].type == Type::list) return invalid("a list of queries that order by no array");
  const auto again = [attribute](const Order& earlier) { return earlier.attribute == attribute; };
  if (std::any_of(query_.orders.begin(), query_.orders.end(), again)) return {};  // a second one never decides
  query_.orders.push_back(Order{attribute, said.method == "orderDesc"});
  return {};
}

/// Of several limits, offsets or cursors the first one counts. A longer page than the longest is that one.
result<void> Reader::page(const Said& said) {
  const bool limit = said.method == "limit";
  const std::int64_t number = said.count() == 1 ? read_number(said.values->front()).value_or(-1) : -1;
  if (number < (limit ? 1 : 0))
    return invalid(limit ? "a list of queries whose limit is a whole number, 1 or more"
                         : "a list of queries whose offset is a whole number, 0 or more");
  const auto size = static_cast<std::uint64_t>(number);
  if (limit && !query_.limit) query_.limit = std::min(size, most_on_a_page);
  if (!limit && !std::exchange(has_offset_, true)) query_.offset = size;
  return {};
}

result<void> Reader::cursor(const Said& said) {
  const std::string* id = said.count() == 1 ? said.values->front().string() : nullptr;
  if (!id || !validators::is_uid(*id)) return invalid("a list of queries whose cursor is an id");
  if (!query_.cursor.empty()) return {};
  query_.cursor = *id;
  query_.before = said.method == "cursorBefore";
  return {};
}

/// Several add up.
result<void> Reader::select(const Said& said) {
  if (said.count() == 0 || said.count() > most_values) return invalid("a list of queries that select 1 to 500 members");
  for (const json::Value& value : *said.values) {
    const std::string* const name = value.string();
    const bool known = name && (*name == every_member ||
                                std::find(selectable_.begin(), selectable_.end(), *name) != selectable_.end());
    if (!known) return invalid("a list of queries that select members of this list's records");
    query_.selected.push_back(*name);
  }
  return {};
}

Query Reader::take() {
  std::vector<std::string>& selected = query_.selected;
  if (std::find(selected.begin(), selected.end(), every_member) != selected.end()) selected.clear();
  return std::move(query_);
}

result<void> Reader::add(const Said& said) {
  if (said.method == "select" && !selectable_.empty()) return select(said);
  if (said.method == "limit" || said.method == "offset") return page(said);
  if (said.method == "cursorAfter" || said.method == "cursorBefore") return cursor(said);
  if (said.method.starts_with("order")) {
    if (said.method != "orderAsc" && said.method != "orderDesc" && said.method != "orderRandom")
      return invalid("a list of queries with methods that this list knows");
    return order(said);
  }
  result<Filter> made = filter(said);
  if (!made) return made.error();
  add(std::move(*made));
  return {};
}

/// All filters must hold anyhow: those of an `and` are like the others, and may be answered from an index.
void Reader::add(Filter filter) {
  if (filter.method != Method::all_of) return query_.filters.push_back(std::move(filter));
  for (Filter& part : filter.parts) add(std::move(part));
}

}  // namespace

std::size_t find(std::span<const Attribute> attributes, std::string_view name) noexcept {
  const auto at =
      std::find_if(attributes.begin(), attributes.end(), [name](const Attribute& a) { return a.name == name; });
  return static_cast<std::size_t>(at - attributes.begin());
}

result<Query> read(const std::vector<std::string>& texts, std::span<const Attribute> attributes,
                   std::span<const std::string> selectable) {
  Reader reader(attributes, selectable);
  for (const std::string& text : texts) {
    const std::optional<json::Value> value = json::parse(text);
    if (!value) return invalid("a list of queries in JSON");
    const result<Said> said = read_said(*value);
    if (!said) return said.error();
    const result<void> added = reader.add(*said);
    if (!added) return added.error();
  }
  return reader.take();
}

}  // namespace portcullis::storage::query
