#pragma once
// One kind of record in one project as the list engine sees it: its attributes, its indexes, its records. A new list is
// one more Source. Methods touch no state; any thread.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/engine.hpp"
#include "storage/query/filter.hpp"

namespace portcullis::storage::query {

/// What an index entry says of its record: one of the two may be unknown.
struct Ref {
  std::uint64_t sequence = 0;  ///< 0 = unknown
  std::string id;              ///< empty = unknown
};

/// An index with one entry a record, in the order of an attribute and, where values are the same, of sequence.
struct Index {
  Range all;           ///< its limit says nothing; of keys only where ref() needs no more
  std::string nulls;   ///< the group of the records that show null; empty = none does
  bool unique = true;  ///< no two records show the same
};

class Source {
 public:
  virtual ~Source() = default;
  [[nodiscard]] virtual std::span<const Attribute> attributes() const noexcept = 0;

  /// Empty for an attribute without an index.
  [[nodiscard]] virtual std::optional<Index> index(std::size_t attribute) const = 0;
  /// A key that is not beyond any entry of that value or of one beyond it; of text: of one that begins with it. Of an
  /// attribute with an index.
  [[nodiscard]] virtual std::string floor(std::size_t attribute, const Operand& value) const = 0;
  /// A key that is beyond every entry of that value and of those before it.
  [[nodiscard]] virtual std::string ceiling(std::size_t attribute, const Operand& value) const = 0;
  /// The entry of a record that shows no null there.
  [[nodiscard]] virtual std::string entry(std::size_t attribute, const Item& item) const = 0;
  /// What the keys of all entries with that value, and of no others, begin with; the rest is the sequence. Empty when
  /// there is no such thing. For an array: entries of records among which are all that contain the value.
  [[nodiscard]] virtual std::string group(std::size_t attribute, const Operand& value) const = 0;
  /// The same for a word of what is searched (words_of()); empty for lists without search.
  [[nodiscard]] virtual std::string word_group(std::string_view word) const = 0;
  /// The word that an entry of such a group is about.
  [[nodiscard]] virtual std::string word_of(std::string_view key) const = 0;

  /// Errors: record_corrupt.
  [[nodiscard]] virtual result<Ref> ref(const Row& row) const = 0;
  /// The keys of all rows in the same index that are about the record of this one.
  [[nodiscard]] virtual Range extent(const Row& row) const = 0;
  /// The records, each at its ref's place; null where there is none any more. Errors: those of the engine.
  [[nodiscard]] virtual result<std::vector<std::unique_ptr<Item>>> load(Engine& engine,
                                                                        std::span<const Ref> refs) const = 0;
  /// What `search` looks at in a record.
  [[nodiscard]] virtual std::string searched(const Item& item) const = 0;
  /// The place of `$sequence` among the attributes; it has an index.
  [[nodiscard]] virtual std::size_t sequence_attribute() const noexcept = 0;
  /// How many records there are.
  [[nodiscard]] virtual result<std::uint64_t> count(Engine& engine) const = 0;
};

}  // namespace portcullis::storage::query
