#include "storage/query/plan.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "storage/keys.hpp"

namespace portcullis::storage::query {
namespace {

/// More words with one beginning are not merged but gathered.
constexpr std::size_t most_merged = 64;
Range between(Range index, std::string first, std::string last) {
  index.first = std::move(first);
  index.last = std::move(last);
  return index;
}

Range cut(Range range, const Range& by) {
  range.first = std::max(range.first, by.first);
  range.last = std::min(range.last, by.last);
  return range;
}

/// As in Plan.
struct Facts {
  bool ordered = false;
  bool checked = false;
};

Plan made_of(std::unique_ptr<Walk> walk, Facts facts) {
  Plan plan;
  plan.walk = std::move(walk);
  plan.ordered = facts.ordered;
  plan.checked = facts.checked;
  return plan;
}

class Planner {
 public:
  Planner(Engine& engine, const Source& source, const Question& question)
      : engine_(engine), source_(source), q_(question) {}
  result<Plan> make();

 private:
  [[nodiscard]] bool by_sequence() const { return q_.ranking.by_sequence() && !q_.query.random; }
  [[nodiscard]] bool backwards() const { return q_.ranking.newest_first() != q_.query.before; }
  [[nodiscard]] std::optional<std::uint64_t> from() const;

  [[nodiscard]] std::vector<Range> points() const;
  [[nodiscard]] std::vector<std::string> groups_of(const Filter& filter) const;
  [[nodiscard]] std::vector<std::string> groups() const;
  [[nodiscard]] std::optional<Range> span_of(const Filter& filter) const;
  [[nodiscard]] Plan narrowed(std::vector<Range> part) const;
  [[nodiscard]] Plan gathered(std::vector<Range> spans) const;
  [[nodiscard]] Plan merged(std::vector<std::string> groups) const;
  [[nodiscard]] Plan everything() const;
  [[nodiscard]] std::optional<Order> indexed_order() const;
  [[nodiscard]] std::unique_ptr<Walk> in_order_of(const Order& order, const Index& index) const;
  result<Plan> searched();
  result<std::vector<std::string>> words_beginning(const std::string& prefix);

  Engine& engine_;
  const Source& source_;
  const Question& q_;
};

/// The sequence that a walk by sequence begins with.
std::optional<std::uint64_t> Planner::from() const {
  if (!q_.cursor) return std::nullopt;
  return backwards() ? q_.cursor->sequence() - 1 : q_.cursor->sequence() + 1;
}

/// Where the records lie that have one of a few values of which each is had by one record at most.
std::vector<Range> Planner::points() const {
  for (const Filter& filter : q_.query.filters) {
    if (filter.method != Method::equal) continue;
    const std::optional<Index> index = source_.index(filter.attribute);
    if (!index || !index->unique) continue;
    std::vector<Range> found;
    found.reserve(filter.values.size());
    for (const Operand& value : filter.values)
      found.push_back(
          between(index->all, source_.floor(filter.attribute, value), source_.ceiling(filter.attribute, value)));
    return found;
  }
  return {};
}

/// The groups among whose entries are all records for which the filter holds; none when there is no such thing.
std::vector<std::string> Planner::groups_of(const Filter& filter) const {
  const Type type = source_.attributes()[filter.attribute].type;
  std::vector<std::string> found;
  if (filter.method == Method::is_null) {
    const std::optional<Index> index = source_.index(filter.attribute);
    if (index && !index->nulls.empty()) found.push_back(index->nulls);
    return found;
  }
  const bool contains = type == Type::list && filter.method == Method::contains;
  const bool contains_all = type == Type::list && filter.method == Method::contains_all;
  if (filter.method != Method::equal && !contains && !contains_all) return found;
  for (const Operand& value : filter.values) {
    std::string group = source_.group(filter.attribute, value);
    if (group.empty()) return {};
    found.push_back(std::move(group));
    if (contains_all) break;
  }
  return found;
}

std::vector<std::string> Planner::groups() const {
  for (const Filter& filter : q_.query.filters) {
    if (filter.method == Method::all_of || filter.method == Method::any_of) continue;
    std::vector<std::string> found = groups_of(filter);
    if (!found.empty() && found.size() <= most_merged) return found;
  }
  return {};
}

/// The part of the attribute's index outside which no record is one for which the filter holds.
std::optional<Range> Planner::span_of(const Filter& filter) const {
  if (filter.method == Method::all_of || filter.method == Method::any_of) return std::nullopt;
  const std::optional<Index> index = source_.index(filter.attribute);
  if (!index || filter.values.empty()) return std::nullopt;
  const auto floor = [&](std::size_t i) { return source_.floor(filter.attribute, filter.values[i]); };
  const auto ceiling = [&](std::size_t i) { return source_.ceiling(filter.attribute, filter.values[i]); };
  switch (filter.method) {
    case Method::less:
    case Method::less_equal:
      return between(index->all, index->all.first, ceiling(0));
    case Method::greater:
    case Method::greater_equal:
      return between(index->all, floor(0), index->all.last);
    case Method::between:
      return between(index->all, floor(0), ceiling(1));
    case Method::starts_with:
      return between(index->all, floor(0), keys::beyond(floor(0)));
    case Method::equal:
      if (filter.values.size() == 1) return between(index->all, floor(0), ceiling(0));
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

/// A part of an index put in order, unless that is too much. A part of the order's own index is in order already.
Plan Planner::narrowed(std::vector<Range> part) const {
  const std::optional<Order> order = indexed_order();
  for (const Filter& filter : q_.query.filters) {
    if (!part.empty()) break;
    if (order && filter.attribute == order->attribute) continue;
    if (std::optional<Range> span = span_of(filter)) part.push_back(std::move(*span));
  }
  if (part.empty()) return everything();
  auto count = std::make_unique<Count>(part, q_.few);
  Plan made = gathered(std::move(part));
  made.count = std::move(count);
  made.otherwise = std::make_unique<Plan>(everything());
  return made;
}

Plan Planner::gathered(std::vector<Range> spans) const {
  std::vector<std::unique_ptr<Walk>> walks;
  walks.reserve(spans.size());
  for (Range& span : spans) walks.push_back(walk_span(std::move(span), false));
  return made_of(walk_chain(std::move(walks)), {.checked = true});
}

Plan Planner::merged(std::vector<std::string> groups) const {
  if (!by_sequence()) return made_of(walk_union(std::move(groups), false, std::nullopt), {.checked = true});
  return made_of(walk_union(std::move(groups), backwards(), from()), {.ordered = true, .checked = true});
}

/// The order, where the entries of an index lie in it.
std::optional<Order> Planner::indexed_order() const {
  if (by_sequence()) return Order{source_.sequence_attribute(), q_.ranking.newest_first()};
  if (q_.query.random || q_.ranking.orders().size() != 1) return std::nullopt;
  const Order order = q_.ranking.orders().front();
  return source_.index(order.attribute) ? std::optional(order) : std::nullopt;
}

/// All records, in the index of the order where there is one.
Plan Planner::everything() const {
  const bool checked = !q_.query.filters.empty() || q_.search;
  if (const std::optional<Order> order = indexed_order())
    return made_of(in_order_of(*order, *source_.index(order->attribute)), {.ordered = true, .checked = checked});
  return made_of(walk_span(source_.index(source_.sequence_attribute())->all, false), {.checked = checked});
}

std::unique_ptr<Walk> Planner::in_order_of(const Order& order, const Index& index) const {
  Range span = index.all;
  bool narrowed = false;
  for (const Filter& filter : q_.query.filters) {
    if (filter.attribute != order.attribute) continue;
    if (const std::optional<Range> part = span_of(filter)) {
      span = cut(std::move(span), *part);
      narrowed = true;
    }
  }
  const bool down = order.descending != q_.query.before;
  const bool ties_down = backwards();
  std::string after;
  if (q_.cursor) after = source_.entry(order.attribute, *q_.cursor);
  std::unique_ptr<Walk> values;
  if (index.unique || down == ties_down) {
    if (!after.empty()) {
      const Range own = source_.extent(Row{after, {}});
      if (down)
        span.last = std::min(span.last, own.first);
      else
        span.first = std::max(span.first, own.last);
    }
    values = walk_span(std::move(span), down);
  } else {
    values = walk_values(std::move(span), down, std::move(after));
  }
  // With a cursor records without a value are on neither side of it.
  if (index.nulls.empty() || q_.cursor || narrowed) return values;
  std::vector<std::unique_ptr<Walk>> parts;
  parts.push_back(std::move(values));
  parts.insert(down ? parts.end() : parts.begin(), walk_span(Range{index.nulls, keys::beyond(index.nulls)}, ties_down));
  return walk_chain(std::move(parts));
}

/// The words of the store that begin so; one more than are merged when there are more.
result<std::vector<std::string>> Planner::words_beginning(const std::string& prefix) {
  std::string first = source_.word_group(prefix);
  first.pop_back();  // the end of the word
  Range range{first, keys::beyond(first), 1};
  std::vector<std::string> found;
  while (found.size() <= most_merged) {
    const result<Rows> rows = engine_.read_now(Reads{{}, {range}});
    if (!rows) return rows.error();
    if (rows->view().ranges[0].empty()) break;
    found.push_back(source_.word_of(rows->view().ranges[0].front().key));
    range.first = keys::beyond(source_.word_group(found.back()));
  }
  return found;
}

result<Plan> Planner::searched() {
  const Search& search = *q_.search;
  std::vector<std::string> words = search.words;
  if (words.empty()) return made_of(walk_chain({}), {.ordered = true});
  std::vector<std::string> groups;
  if (search.phrase) {
    for (const std::string& word : words) groups.push_back(source_.word_group(word));
    if (by_sequence())
      return made_of(walk_common(std::move(groups), backwards(), from()), {.ordered = true, .checked = true});
    return made_of(walk_common(std::move(groups), false, std::nullopt), {.checked = true});
  }
  result<std::vector<std::string>> last = words_beginning(words.back());
  if (!last) return last.error();
  const bool many = last->size() > most_merged;
  std::string beginning = source_.word_group(words.back());
  words.pop_back();
  if (!many) words.insert(words.end(), last->begin(), last->end());
  for (const std::string& word : words) groups.push_back(source_.word_group(word));
  Plan made;
  if (many) {
    beginning.pop_back();
    std::vector<Range> spans{Range{beginning, keys::beyond(beginning)}};
    for (const std::string& group : groups) spans.push_back(Range{group, keys::beyond(group)});
    made = gathered(std::move(spans));
  } else {
    made = merged(std::move(groups));
  }
  made.checked = !q_.query.filters.empty();
  return made;
}

result<Plan> Planner::make() {
  std::vector<Range> at = points();
  if (!at.empty()) return gathered(std::move(at));
  if (q_.search) return searched();
  std::vector<std::string> same = groups();
  if (!same.empty() && by_sequence()) return merged(std::move(same));
  std::vector<Range> part;
  part.reserve(same.size());
  for (const std::string& group : same) part.push_back(Range{group, keys::beyond(group)});
  return narrowed(std::move(part));
}

}  // namespace

result<Plan> plan(Engine& engine, const Source& source, const Question& question) {
  return Planner(engine, source, question).make();
}

}  // namespace portcullis::storage::query
