#pragma once
// Lists that are in memory as a whole: the keys and platforms of a project, the targets of a user. What may be asked of
// their records is declared per list, in one array. Source: docs/contract/account.md 3.

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <tuple>
#include <vector>

#include "net/api/lists/lists.hpp"
#include "storage/query/slice.hpp"

namespace portcullis {

/// An attribute that queries may name, and how a record shows it.
template <class T>
struct ListField {
  storage::query::Attribute attribute;
  storage::query::Shown (*read)(const T&);
};

namespace short_lists {

template <class T>
class Item final : public storage::query::Item {
 public:
  Item(std::span<const ListField<T>> fields, const T& record, std::uint64_t sequence)
      : fields_(fields), record_(&record), sequence_(sequence) {}
  [[nodiscard]] storage::query::Shown show(std::size_t attribute) const override {
    if (attribute == fields_.size()) return static_cast<std::int64_t>(sequence_);
    return fields_[attribute].read(*record_);
  }
  [[nodiscard]] std::string_view id() const override {
    return fields_.empty() ? std::string_view{} : std::get<std::string_view>(show(0));
  }
  [[nodiscard]] std::uint64_t sequence() const override { return sequence_; }

 private:
  std::span<const ListField<T>> fields_;
  const T* record_;
  std::uint64_t sequence_;
};

[[nodiscard]] inline storage::query::Shown shown(std::string_view text) {
  return text.empty() ? storage::query::Shown{} : storage::query::Shown{text};
}
[[nodiscard]] inline storage::query::Shown shown(const std::optional<Time>& time) {
  return time ? storage::query::Shown{to_millis(*time)} : storage::query::Shown{};
}

}  // namespace short_lists

/// Their parameters: `queries` and `total`.
[[nodiscard]] InputsOf<ListInput> short_list_inputs();

/// The random number that a random order begins with.
[[nodiscard]] std::uint64_t list_seed(Random& random);

/// The page that was asked for, of records in the order in which they were made, which is their `$sequence`. The first
/// field is `$id`; without fields only a limit and an offset can be asked for. `page`: records where no limit is asked
/// for; `selectable`: what `select` may name. Errors: general_argument_invalid, those of storage::query::slice.
template <class T>
[[nodiscard]] result<storage::query::Slice> slice_of(Services& svc, const ListInput& input,
                                                     std::span<const ListField<T>> fields,
                                                     const std::vector<T>& records, std::uint64_t page,
                                                     std::span<const std::string> selectable = {}) {
  std::vector<storage::query::Attribute> attributes;
  attributes.reserve(fields.size() + 1);
  for (const ListField<T>& field : fields) attributes.push_back(field.attribute);
  if (!fields.empty()) attributes.push_back({"$sequence", storage::query::Type::number});
  const result<storage::query::Query> query = storage::query::read(input.queries, attributes, selectable);
  if (!query) return query.error();
  std::vector<short_lists::Item<T>> items;
  std::vector<const storage::query::Item*> each;
  items.reserve(records.size());
  each.reserve(records.size());
  for (const T& record : records) each.push_back(&items.emplace_back(fields, record, items.size() + 1));
  return storage::query::slice(*query, attributes, each, query->random ? list_seed(svc.random) : 0, input.total, page);
}

/// Records in the order in which they were made; ties by id.
template <class T>
[[nodiscard]] std::vector<T> oldest_first(std::vector<T> records) {
  const auto older = [](const T& a, const T& b) { return std::tie(a.created_at, a.id) < std::tie(b.created_at, b.id); };
  std::sort(records.begin(), records.end(), older);
  return records;
}

/// Records picked by their places.
template <class T>
[[nodiscard]] std::vector<T> picked(const std::vector<T>& records, const std::vector<std::size_t>& positions) {
  std::vector<T> out;
  out.reserve(positions.size());
  for (const std::size_t position : positions) out.push_back(records[position]);
  return out;
}

}  // namespace portcullis
