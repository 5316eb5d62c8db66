#pragma once
// Answers one query in steps: which records are on the page, and how many match. The scan thread, which may turn to
// other work between any two steps; each step sees the store as it is then.

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

#include "storage/query/plan.hpp"

namespace portcullis::storage::query {

struct Wanted {
  Query query;
  std::string search;      ///< empty = none
  bool total = true;       ///< counts what matches, at most 5000
  std::uint64_t seed = 0;  ///< of a random order
  std::uint64_t fallback = default_limit;
  std::uint64_t few = query::most_gathered;            ///< Question::few
  std::uint64_t most_gathered = query::most_gathered;  ///< of an order without an index
};

class Scan {
 public:
  /// `engine` and `source` outlive it.
  Scan(Engine& engine, const Source& source, Wanted wanted);
  ~Scan();
  Scan(const Scan&) = delete;
  Scan& operator=(const Scan&) = delete;

  /// Does a bounded piece of the work; true: all is done. Errors: general_cursor_not_found, database_query_order_null,
  /// general_query_invalid (too many records before the page's end in an order without an index), those of the engine.
  [[nodiscard]] result<bool> step();
  /// The page, once all is done.
  [[nodiscard]] const std::vector<Ref>& page() const noexcept { return page_; }
  [[nodiscard]] std::uint64_t total() const noexcept { return total_; }
  /// About what it holds in memory of the records it has come to.
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

 private:
  enum class Stage : std::uint8_t { begin, choose, walk, done };
  struct Ranked {
    Rank rank;
    Ref ref;
    [[nodiscard]] std::size_t bytes() const;
  };
  struct Earlier {
    const Scan* scan;
    bool operator()(const Ranked& a, const Ranked& b) const;
  };

  result<void> begin();
  [[nodiscard]] result<void> make_plan(const Item* cursor);
  result<bool> choose();
  result<void> find_cursor();
  result<bool> walk();
  [[nodiscard]] std::size_t due() const;
  [[nodiscard]] result<void> take(std::span<Ref> refs);
  [[nodiscard]] result<void> take_piece(std::span<Ref> refs);
  void take_ordered(const Ref& ref);
  [[nodiscard]] result<void> gather(Rank rank, const Ref& ref);
  void count(std::uint64_t sequence);
  void put_on_page(const Ref& ref);
  void end_page();
  result<bool> begin_total();
  [[nodiscard]] bool is_narrowed() const { return search_ || !wanted_.query.filters.empty(); }
  [[nodiscard]] bool matches(const Item& item) const;
  [[nodiscard]] bool satisfied() const;
  [[nodiscard]] std::uint64_t limit() const { return wanted_.query.limit.value_or(wanted_.fallback); }

  Engine& engine_;
  const Source& source_;
  Wanted wanted_;
  Ranking ranking_;
  std::optional<Search> search_;
  std::unique_ptr<Item> cursor_;
  std::optional<Rank> cursor_rank_;
  Plan plan_;
  Stage stage_ = Stage::begin;
  bool paging_ = false;    ///< the walk looks for the page
  bool counting_ = false;  ///< the walk counts
  std::uint64_t passed_ = 0;
  std::set<Ranked, Earlier> gathered_;
  std::unordered_set<std::uint64_t> counted_;  ///< sequences, of a walk that may meet a record twice
  std::vector<Ref> page_;
  std::uint64_t total_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace portcullis::storage::query
