#pragma once
// Ways through an index, some rows a call: each call is a read of its own, so that a long walk holds no snapshot and
// can be interrupted between any two. One thread at a time.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "storage/query/source.hpp"

namespace portcullis::storage::query {

class Walk {
 public:
  virtual ~Walk() = default;
  /// Adds the records it comes to next, perhaps none; false: there are no more. Errors: those of the engine.
  [[nodiscard]] virtual result<bool> next(Engine& engine, const Source& source, std::vector<Ref>& out) = 0;
};

/// Counts the records that have entries in some spans, in steps as walks are made; one with entries in two counts
/// twice.
class Count {
 public:
  /// Ends when there are more than `bound`.
  Count(std::vector<Range> spans, std::uint64_t bound);
  /// False: done. Errors: those of the engine.
  [[nodiscard]] result<bool> next(Engine& engine, const Source& source);
  [[nodiscard]] bool is_over() const noexcept { return counted_ > bound_; }

 private:
  std::vector<Range> spans_;
  std::uint64_t bound_;
  std::uint64_t counted_ = 0;
};

/// Every entry between the bounds, once a record.
[[nodiscard]] std::unique_ptr<Walk> walk_span(Range span, bool backwards);
/// The same, with entries of one value in the other direction. `after` = the entry to begin behind; empty = none.
[[nodiscard]] std::unique_ptr<Walk> walk_values(Range span, bool backwards, std::string after);
/// One walk after the other.
[[nodiscard]] std::unique_ptr<Walk> walk_chain(std::vector<std::unique_ptr<Walk>> walks);
/// The records in any of the groups (Source::group), once each, by sequence. `from` = the first sequence that may come.
[[nodiscard]] std::unique_ptr<Walk> walk_union(std::vector<std::string> groups, bool backwards,
                                               std::optional<std::uint64_t> from);
/// The records in all of the groups, by sequence.
[[nodiscard]] std::unique_ptr<Walk> walk_common(std::vector<std::string> groups, bool backwards,
                                                std::optional<std::uint64_t> from);

}  // namespace portcullis::storage::query
