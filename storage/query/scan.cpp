#include "storage/query/scan.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "storage/query/slice.hpp"

namespace portcullis::storage::query {
namespace {

/// Records kept in memory to put them in an order that no index has: some tens of megabytes.
constexpr std::uint64_t most_gathered = 50000;

}  // namespace

Scan::Scan(Engine& engine, const Source& source, Wanted wanted)
    : engine_(engine),
      source_(source),
      wanted_(std::move(wanted)),
      ranking_(wanted_.query, source.attributes(), wanted_.seed),
      gathered_(Earlier{this}) {
  if (!wanted_.search.empty()) search_ = read_search(wanted_.search);
}

Scan::~Scan() = default;

bool Scan::Earlier::operator()(const Ranked& a, const Ranked& b) const {
  return scan->wanted_.query.before ? scan->ranking_.before(b.rank, a.rank) : scan->ranking_.before(a.rank, b.rank);
}

result<bool> Scan::step() {
  switch (stage_) {
    case Stage::begin: {
      const result<void> begun = begin();
      if (!begun) return begun.error();
      stage_ = Stage::page;
      return false;
    }
    case Stage::page: {
      const result<bool> more = walk();
      if (!more) return more.error();
      if (*more) return false;
      end_page();
      stage_ = counting_ ? Stage::done : Stage::total;
      return counting_;
    }
    case Stage::total: {
      if (!counting_) {
        const result<void> begun = begin_total();
        if (!begun) return begun.error();
        if (stage_ == Stage::done) return true;
      }
      const result<bool> more = walk();
      if (!more) return more.error();
      if (*more) return false;
      stage_ = Stage::done;
      return true;
    }
    case Stage::done:
      return true;
  }
  return true;
}

result<void> Scan::find_cursor() {
  if (wanted_.query.random) return error(errc::general_query_invalid);
  const Ref named{0, wanted_.query.cursor};
  result<std::vector<std::unique_ptr<Item>>> found = source_.load(engine_, std::span(&named, 1));
  if (!found) return found.error();
  cursor_ = std::move(found->front());
  if (!cursor_) return error(errc::general_cursor_not_found);
  if (!ranking_.may_be_cursor(*cursor_)) return error(errc::database_query_order_null);
  cursor_rank_ = ranking_.rank(*cursor_);
  return {};
}

result<void> Scan::begin() {
  if (!wanted_.query.cursor.empty()) {
    const result<void> found = find_cursor();
    if (!found) return found;
  }
  const Question question{wanted_.query, ranking_, search_ ? &*search_ : nullptr, cursor_.get()};
  result<Plan> made = plan(engine_, source_, question);
  if (!made) return made.error();
  plan_ = std::move(*made);
  if (!plan_.ordered && wanted_.query.offset + limit() > most_gathered) return error(errc::general_query_invalid);
  paging_ = true;
  // Without filters and search the count is known; a walk that begins behind a cursor cannot count.
  const bool narrowed = search_ || !wanted_.query.filters.empty();
  counting_ = wanted_.total && narrowed && !(plan_.ordered && cursor_);
  return {};
}

/// Is there nothing left that the walk could find?
bool Scan::satisfied() const {
  const bool page_done = !paging_ || (plan_.ordered && page_.size() == limit());
  return page_done && (!counting_ || total_ == most_counted);
}

result<bool> Scan::walk() {
  std::vector<Ref> refs;
  const result<bool> more = plan_.walk->next(engine_, source_, refs);
  if (!more) return more.error();
  const result<void> taken = take(std::move(refs));
  if (!taken) return taken.error();
  return *more && !satisfied();
}

bool Scan::matches(const Item& item) const {
  return hold(wanted_.query.filters, source_.attributes(), item) &&
         (!search_ || finds(*search_, source_.searched(item)));
}

result<void> Scan::take(std::vector<Ref> refs) {
  if (refs.empty()) return {};
  const bool ranks = paging_ && !plan_.ordered && !ranking_.by_sequence();
  std::vector<std::unique_ptr<Item>> items;
  if (plan_.checked || ranks) {
    result<std::vector<std::unique_ptr<Item>>> loaded = source_.load(engine_, refs);
    if (!loaded) return loaded.error();
    items = std::move(*loaded);
  }
  for (std::size_t i = 0; i < refs.size() && !satisfied(); ++i) {
    if (!items.empty()) {
      if (!items[i] || (plan_.checked && !matches(*items[i]))) continue;
      refs[i] = Ref{items[i]->sequence(), std::string(items[i]->id())};
    }
    if (counting_) count(refs[i].sequence);
    if (!paging_) continue;
    if (plan_.ordered)
      take_ordered(refs[i]);
    else
      gather(ranks ? ranking_.rank(*items[i]) : ranking_.rank(refs[i].sequence), refs[i]);
  }
  return {};
}

void Scan::take_ordered(const Ref& ref) {
  if (page_.size() == limit()) return;
  if (passed_ < wanted_.query.offset)
    ++passed_;
  else
    page_.push_back(ref);
}

void Scan::gather(Rank rank, const Ref& ref) {
  if (cursor_rank_ && !beyond(ranking_, *cursor_rank_, rank, wanted_.query.before)) return;
  gathered_.insert(Ranked{std::move(rank), ref});
  if (gathered_.size() > wanted_.query.offset + limit()) gathered_.erase(std::prev(gathered_.end()));
}

void Scan::count(std::uint64_t sequence) {
  if (total_ == most_counted) return;
  if (plan_.ordered || counted_.insert(sequence).second) ++total_;
}

void Scan::end_page() {
  std::uint64_t passed = 0;
  for (const Ranked& each : gathered_)
    if (passed++ >= wanted_.query.offset) page_.push_back(each.ref);
  gathered_.clear();
  if (wanted_.query.before) std::reverse(page_.begin(), page_.end());
  paging_ = false;
}

/// What the first walk did not count: all there are, or what a walk from the beginning finds.
result<void> Scan::begin_total() {
  const bool narrowed = search_ || !wanted_.query.filters.empty();
  if (!wanted_.total || !narrowed) {
    stage_ = Stage::done;
    if (!wanted_.total) return {};
    const result<std::uint64_t> all = source_.count(engine_);
    if (!all) return all.error();
    total_ = std::min(*all, most_counted);
    return {};
  }
  wanted_.query.orders.clear();
  wanted_.query.before = wanted_.query.random = false;
  ranking_ = Ranking(wanted_.query, source_.attributes(), 0);
  const Question question{wanted_.query, ranking_, search_ ? &*search_ : nullptr, nullptr};
  result<Plan> made = plan(engine_, source_, question);
  if (!made) return made.error();
  plan_ = std::move(*made);
  counting_ = true;
  return {};
}

}  // namespace portcullis::storage::query
