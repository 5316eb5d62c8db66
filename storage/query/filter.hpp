#pragma once
// Records held against filters and put in order. A record shows its attributes as an Item; nothing here knows what it
// is. Pure; any thread.

#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "storage/query/query.hpp"

namespace portcullis::storage::query {

/// What a record holds in an attribute; std::monostate = null. Texts borrow from the record.
using Shown = std::variant<std::monostate, bool, std::int64_t, std::string_view, std::vector<std::string_view>>;

/// One record of a list, as filters and orders see it.
class Item {
 public:
  virtual ~Item() = default;
  [[nodiscard]] virtual Shown show(std::size_t attribute) const = 0;
  [[nodiscard]] virtual std::string_view id() const = 0;
  /// Its place in the order in which records were made; no two are the same.
  [[nodiscard]] virtual std::uint64_t sequence() const = 0;
};

[[nodiscard]] bool holds(const Filter& filter, std::span<const Attribute> attributes, const Item& item);
[[nodiscard]] bool hold(std::span<const Filter> filters, std::span<const Attribute> attributes, const Item& item);

/// A record's place in an order, owned. Null comes before everything.
using RankValue = std::variant<std::monostate, bool, std::int64_t, std::string>;
struct Rank {
  std::vector<RankValue> values;  ///< one per order
  std::uint64_t sequence = 0;
};

/// The orders of a query with the one by sequence that settles ties.
class Ranking {
 public:
  Ranking(const Query& query, std::span<const Attribute> attributes, std::uint64_t seed);
  [[nodiscard]] Rank rank(const Item& item) const;
  /// The same where the sequence alone decides (by_sequence()).
  [[nodiscard]] Rank rank(std::uint64_t sequence) const;
  [[nodiscard]] bool before(const Rank& a, const Rank& b) const;
  /// No more than the sequence is needed to rank a record.
  [[nodiscard]] bool by_sequence() const noexcept { return orders_.empty(); }
  /// Ties, and records where there is no order, come with the latest first.
  [[nodiscard]] bool newest_first() const noexcept { return newest_first_; }
  /// False when the record shows null where it is ordered by.
  [[nodiscard]] bool may_be_cursor(const Item& item) const;
  [[nodiscard]] std::span<const Order> orders() const noexcept { return orders_; }

 private:
  [[nodiscard]] std::string sort_key(std::string_view text, std::size_t attribute) const;
  [[nodiscard]] std::uint64_t shuffled(std::uint64_t sequence) const noexcept;

  std::vector<Order> orders_;
  std::span<const Attribute> attributes_;
  bool newest_first_ = false;
  bool random_ = false;
  std::uint64_t seed_ = 0;
};

}  // namespace portcullis::storage::query
