#pragma once
// What a list is asked for: filters, orders, a page; and the reader that makes it from the JSON texts of the SDKs by a
// declaration of the list's attributes. Source: docs/contract/account.md 3. Pure; any thread.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/error.hpp"

namespace portcullis::storage::query {

/// How values of an attribute are read and compared. `text` does so without regard to case, `exact` byte by byte;
/// `list` is of exact texts.
enum class Type : std::uint8_t { text, exact, number, boolean, time, list };

/// One attribute that queries may name. A list declares its attributes once, in an array.
struct Attribute {
  std::string_view name;
  Type type;
  bool keyed = false;  ///< a text that is ordered as keys order it (keys::part_of), like its index
};

/// A value of a query: text (folded for Type::text), number or time in milliseconds, boolean.
using Operand = std::variant<bool, std::int64_t, std::string>;

enum class Method : std::uint8_t {
  equal,  ///< any of the values
  not_equal,
  less,
  less_equal,
  greater,
  greater_equal,
  between,  ///< both ends included
  not_between,
  is_null,
  is_not_null,
  starts_with,
  not_starts_with,
  ends_with,
  not_ends_with,
  contains,  ///< a list: one of the values; a text: one of them inside
  not_contains,
  contains_all,
  all_of,  ///< `and`
  any_of   ///< `or`
};

struct Filter {
  Method method{};
  std::size_t attribute = 0;    ///< its place in the declaration
  std::vector<Operand> values;  ///< as many as the method takes
  std::vector<Filter> parts;    ///< of all_of and any_of
};

struct Order {
  std::size_t attribute = 0;
  bool descending = false;
};

inline constexpr std::uint64_t default_limit = 25;
inline constexpr std::uint64_t most_counted = 5000;  ///< by `total`
inline constexpr std::uint64_t most_on_a_page = 5000;
inline constexpr std::size_t most_values = 500;  ///< of one filter

struct Query {
  std::vector<Filter> filters;  ///< all must hold
  std::vector<Order> orders;
  bool newest_first = false;  ///< where no order decides: of a list whose records have no attributes
  bool random = false;
  std::optional<std::uint64_t> limit;
  std::uint64_t offset = 0;
  std::string cursor;                 ///< id; empty = none
  bool before = false;                ///< the page ends before the cursor, rather than begins after it
  std::vector<std::string> selected;  ///< members of a record to be shown; empty = all
};

/// `select` names every member.
inline constexpr std::string_view every_member = "*";

/// Reads the texts of a `queries` parameter. `select` may name what is `selectable`, or every_member; a list without
/// any knows no such query. Errors: general_argument_invalid (`queries`, with what is wrong), general_query_invalid for
/// what is well said and no list of this program can do.
[[nodiscard]] result<Query> read(const std::vector<std::string>& texts, std::span<const Attribute> attributes,
                                 std::span<const std::string> selectable = {});

/// The place of an attribute; the declaration's size when it has none of that name.
[[nodiscard]] std::size_t find(std::span<const Attribute> attributes, std::string_view name) noexcept;

}  // namespace portcullis::storage::query
