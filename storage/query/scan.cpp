#include "storage/query/scan.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

#include "storage/query/slice.hpp"

namespace portcullis::storage::query {
namespace {

/// What a container's node and an allocation take beside what they hold.
constexpr std::size_t node_bytes = 48;
constexpr std::uint64_t least_read = 16;  // records, as every read costs something by itself

std::size_t bytes_of(const std::string& text) { return text.capacity() > 15 ? text.capacity() : 0; }

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

std::size_t Scan::Ranked::bytes() const {
  std::size_t bytes = node_bytes + sizeof(Ranked) + bytes_of(ref.id) + rank.values.size() * sizeof(RankValue);
  for (const RankValue& value : rank.values)
    if (const std::string* text = std::get_if<std::string>(&value)) bytes += bytes_of(*text);
  return bytes;
}

result<bool> Scan::step() {
  switch (stage_) {
    case Stage::begin: {
      const result<void> begun = begin();
      if (!begun) return begun.error();
      stage_ = Stage::choose;
      return false;
    }
    case Stage::choose: {
      const result<bool> chosen = choose();
      if (!chosen) return chosen.error();
      if (*chosen) stage_ = Stage::walk;
      return false;
    }
    case Stage::walk: {
      const result<bool> more = walk();
      if (!more) return more.error();
      if (*more) return false;
      bool counted = counting_;
      if (paging_) end_page();
      if (!counted) {
        const result<bool> needs_walk = begin_total();
        if (!needs_walk) return needs_walk.error();
        counted = !*needs_walk;
      }
      stage_ = counted ? Stage::done : Stage::choose;
      return counted;
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
  paging_ = true;
  return make_plan(cursor_.get());
}

result<void> Scan::make_plan(const Item* cursor) {
  const Question question{wanted_.query, ranking_, search_ ? &*search_ : nullptr, cursor, wanted_.few};
  result<Plan> made = plan(engine_, source_, question);
  if (!made) return made.error();
  plan_ = std::move(*made);
  return {};
}

/// True when the plan is known.
result<bool> Scan::choose() {
  if (plan_.count) {
    const result<bool> more = plan_.count->next(engine_, source_);
    if (!more) return more.error();
    if (*more) return false;
    if (plan_.count->is_over()) plan_ = std::move(*std::unique_ptr<Plan>(std::move(plan_.otherwise)));
  }
  // Without filters and search the count is known; a walk that begins behind a cursor cannot count.
  counting_ = wanted_.total && is_narrowed() && !(paging_ && plan_.ordered && cursor_);
  return true;
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
  const result<void> taken = take(refs);
  if (!taken) return taken.error();
  return *more && !satisfied();
}

bool Scan::matches(const Item& item) const {
  return hold(wanted_.query.filters, source_.attributes(), item) &&
         (!search_ || finds(*search_, source_.searched(item)));
}

/// How many records to read next: where the page ends the walk, not many more than it has room for.
std::size_t Scan::due() const {
  if (counting_ || !plan_.ordered) return std::numeric_limits<std::size_t>::max();
  const std::uint64_t missing = limit() - page_.size() + (wanted_.query.offset - passed_);
  return static_cast<std::size_t>(std::max(missing, least_read));
}

result<void> Scan::take(std::span<Ref> refs) {
  while (!refs.empty() && !satisfied()) {
    const std::size_t size = std::min(refs.size(), due());
    const result<void> taken = take_piece(refs.first(size));
    if (!taken) return taken;
    refs = refs.subspan(size);
  }
  return {};
}

result<void> Scan::take_piece(std::span<Ref> refs) {
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
    else if (const result<void> gathered =
                 gather(ranks ? ranking_.rank(*items[i]) : ranking_.rank(refs[i].sequence), refs[i]);
             !gathered)
      return gathered;
  }
  return {};
}

void Scan::take_ordered(const Ref& ref) {
  if (page_.size() == limit()) return;
  if (passed_ < wanted_.query.offset)
    ++passed_;
  else
    put_on_page(ref);
}

void Scan::put_on_page(const Ref& ref) {
  page_.push_back(ref);
  bytes_ += sizeof(Ref) + bytes_of(page_.back().id);
}

result<void> Scan::gather(Rank rank, const Ref& ref) {
  if (cursor_rank_ && !beyond(ranking_, *cursor_rank_, rank, wanted_.query.before)) return {};
  const auto [value, is_new] = gathered_.insert(Ranked{std::move(rank), ref});
  if (is_new) bytes_ += value->bytes();
  const std::uint64_t due = wanted_.query.offset + limit();
  if (gathered_.size() <= std::min(due, wanted_.most_gathered)) return {};
  if (due > wanted_.most_gathered) return error(errc::general_query_invalid);
  const auto last = std::prev(gathered_.end());
  bytes_ -= last->bytes();
  gathered_.erase(last);
  return {};
}

void Scan::count(std::uint64_t sequence) {
  if (total_ == most_counted) return;
  if (!plan_.ordered && !counted_.insert(sequence).second) return;
  ++total_;
  if (!plan_.ordered) bytes_ += node_bytes;
}

void Scan::end_page() {
  std::uint64_t passed = 0;
  for (const Ranked& each : gathered_) {
    if (passed++ >= wanted_.query.offset) put_on_page(each.ref);
    bytes_ -= each.bytes();
  }
  gathered_.clear();
  if (wanted_.query.before) std::reverse(page_.begin(), page_.end());
  paging_ = false;
}

/// What the first walk did not count: all there are, or, when the answer is true, what a walk from the beginning finds.
result<bool> Scan::begin_total() {
  if (!wanted_.total) return false;
  if (!is_narrowed()) {
    const result<std::uint64_t> all = source_.count(engine_);
    if (!all) return all.error();
    total_ = std::min(*all, most_counted);
    return false;
  }
  wanted_.query.orders.clear();
  wanted_.query.before = wanted_.query.random = false;
  ranking_ = Ranking(wanted_.query, source_.attributes(), 0);
  const result<void> made = make_plan(nullptr);
  if (!made) return made.error();
  return true;
}

}  // namespace portcullis::storage::query
