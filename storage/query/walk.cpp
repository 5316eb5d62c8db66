#include "storage/query/walk.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "storage/keys.hpp"

namespace portcullis::storage::query {
namespace {

constexpr std::uint32_t rows_a_read = 128;
constexpr std::size_t rows_a_fill = 1024;   // of all streams of a union
constexpr std::uint32_t keys_a_read = 512;  // where they are only counted
constexpr std::size_t sequence_bytes = 8;

class SpanWalk final : public Walk {
 public:
  SpanWalk(Range span, bool backwards) : span_(std::move(span)) {
    span_.limit = rows_a_read;
    span_.backwards = backwards;
  }

  result<bool> next(Engine& engine, const Source& source, std::vector<Ref>& out) override {
    const result<Rows> rows = engine.read_now(Reads{{}, {span_}});
    if (!rows) return rows.error();
    const std::vector<Row>& page = rows->view().ranges[0];
    for (const Row& row : page) {
      if (span_.backwards ? row.key >= span_.last : row.key < span_.first) continue;  // more of the last record
      result<Ref> ref = source.ref(row);
      if (!ref) return ref.error();
      Range extent = source.extent(row);
      if (span_.backwards)
        span_.last = std::move(extent.first);
      else
        span_.first = std::move(extent.last);
      out.push_back(std::move(*ref));
    }
    return page.size() == span_.limit;
  }

 private:
  Range span_;
};

/// Finds the next value in one direction, then takes its entries in the other.
class ValueWalk final : public Walk {
 public:
  ValueWalk(Range span, bool backwards, const std::string& after) : span_(std::move(span)) {
    span_.limit = 1;
    span_.backwards = backwards;
    if (!after.empty()) enter(after, after);
  }

  result<bool> next(Engine& engine, const Source& source, std::vector<Ref>& out) override {
    for (int values = 0; values < values_a_step; ++values) {
      if (!group_) {
        const result<Rows> rows = engine.read_now(Reads{{}, {span_}});
        if (!rows) return rows.error();
        if (rows->view().ranges[0].empty()) return false;
        enter(std::string(rows->view().ranges[0].front().key), {});
      }
      const result<bool> more = group_->next(engine, source, out);
      if (!more) return more.error();
      if (*more) return true;
      group_.reset();
      if (out.size() >= rows_a_read) return true;
    }
    return true;
  }

 private:
  static constexpr int values_a_step = 64;

  /// Goes through the entries of this one's value, from behind `after` where that is one of them.
  void enter(const std::string& entry, const std::string& after) {
    const std::string value = entry.substr(0, entry.size() - sequence_bytes);
    Range group{value, keys::beyond(value)};
    if (span_.backwards)
      span_.last = std::min(span_.last, group.first);
    else
      span_.first = std::max(span_.first, group.last);
    if (!after.empty() && span_.backwards) group.first = keys::behind(after);
    if (!after.empty() && !span_.backwards) group.last = after;
    group_ = std::make_unique<SpanWalk>(std::move(group), !span_.backwards);
  }

  Range span_;
  std::unique_ptr<SpanWalk> group_;
};

class ChainWalk final : public Walk {
 public:
  explicit ChainWalk(std::vector<std::unique_ptr<Walk>> walks) : walks_(std::move(walks)) {}

  result<bool> next(Engine& engine, const Source& source, std::vector<Ref>& out) override {
    if (at_ == walks_.size()) return false;
    const result<bool> more = walks_[at_]->next(engine, source, out);
    if (!more) return more.error();
    if (!*more) ++at_;
    return at_ < walks_.size();
  }

 private:
  std::vector<std::unique_ptr<Walk>> walks_;
  std::size_t at_ = 0;
};

/// Entries of one group, by sequence.
class Stream {
 public:
  Stream(std::string group, bool backwards, std::optional<std::uint64_t> from)
      : span_{group, keys::beyond(group), 0, backwards}, group_(std::move(group)) {
    if (from) move_to(*from);
  }

  /// Entries before this sequence, in the direction of the stream, are passed over.
  void move_to(std::uint64_t sequence) {
    std::string key = keys::entry(group_, sequence);
    if (span_.backwards)
      span_.last = keys::behind(key);
    else
      span_.first = std::move(key);
  }
  [[nodiscard]] Range wanted(std::uint32_t limit) const {
    Range range = span_;
    range.limit = limit;
    return range;
  }
  void take(const std::vector<Row>& rows, std::uint32_t limit) {
    for (const Row& row : rows) read_.push_back(keys::sequence_of(row.key));
    ended_ = rows.size() < limit;
    if (!rows.empty() && span_.backwards) span_.last.assign(rows.back().key);
    if (!rows.empty() && !span_.backwards) span_.first = keys::behind(rows.back().key);
  }
  [[nodiscard]] bool needs_more() const { return at_ == read_.size() && !ended_; }
  [[nodiscard]] bool ended() const { return at_ == read_.size() && ended_; }
  [[nodiscard]] std::uint64_t front() const { return read_[at_]; }
  void pop() {
    if (++at_ < read_.size()) return;
    read_.clear();
    at_ = 0;
  }

 private:
  Range span_;
  std::string group_;
  std::vector<std::uint64_t> read_;
  std::size_t at_ = 0;
  bool ended_ = false;
};

std::vector<Stream> streams_of(std::vector<std::string> groups, bool backwards, std::optional<std::uint64_t> from) {
  std::sort(groups.begin(), groups.end());
  groups.erase(std::unique(groups.begin(), groups.end()), groups.end());
  std::vector<Stream> streams;
  streams.reserve(groups.size());
  for (std::string& group : groups) streams.emplace_back(std::move(group), backwards, from);
  return streams;
}

class UnionWalk final : public Walk {
 public:
  UnionWalk(std::vector<Stream> streams, bool backwards) : streams_(std::move(streams)), backwards_(backwards) {}

  result<bool> next(Engine& engine, const Source&, std::vector<Ref>& out) override {
    const result<void> filled = fill(engine);
    if (!filled) return filled.error();
    while (out.size() < rows_a_read) {
      Stream* nearest = nullptr;
      for (Stream& stream : streams_) {
        if (stream.needs_more()) return true;
        if (stream.ended()) continue;
        if (!nearest || (backwards_ ? stream.front() > nearest->front() : stream.front() < nearest->front()))
          nearest = &stream;
      }
      if (!nearest) return false;
      const std::uint64_t sequence = nearest->front();
      for (Stream& stream : streams_)
        if (!stream.needs_more() && !stream.ended() && stream.front() == sequence) stream.pop();
      out.push_back(Ref{sequence, {}});
    }
    return true;
  }

 private:
  result<void> fill(Engine& engine) {
    const std::size_t share = rows_a_fill / std::max<std::size_t>(1, streams_.size());
    const auto limit = static_cast<std::uint32_t>(std::clamp<std::size_t>(share, 1, rows_a_read));
    Reads reads;
    std::vector<Stream*> waiting;
    for (Stream& stream : streams_) {
      if (!stream.needs_more()) continue;
      reads.ranges.push_back(stream.wanted(limit));
      waiting.push_back(&stream);
    }
    if (waiting.empty()) return {};
    const result<Rows> rows = engine.read_now(reads);
    if (!rows) return rows.error();
    for (std::size_t i = 0; i < waiting.size(); ++i) waiting[i]->take(rows->view().ranges[i], limit);
    return {};
  }

  std::vector<Stream> streams_;
  bool backwards_;
};

/// Leaps: what one group has next is the least that all others must come to.
class CommonWalk final : public Walk {
 public:
  CommonWalk(std::vector<Stream> streams, bool backwards) : streams_(std::move(streams)), backwards_(backwards) {}

  result<bool> next(Engine& engine, const Source&, std::vector<Ref>& out) override {
    if (streams_.empty()) return false;
    for (std::size_t seeks = 0; seeks < seeks_a_step; seeks += streams_.size()) {
      Reads reads;
      for (const Stream& stream : streams_) reads.ranges.push_back(stream.wanted(1));
      const result<Rows> rows = engine.read_now(reads);
      if (!rows) return rows.error();
      std::uint64_t nearest = std::numeric_limits<std::uint64_t>::max();
      std::uint64_t farthest = 0;
      for (const std::vector<Row>& found : rows->view().ranges) {
        if (found.empty()) return false;
        const std::uint64_t sequence = keys::sequence_of(found.front().key);
        nearest = std::min(nearest, sequence);
        farthest = std::max(farthest, sequence);
      }
      std::uint64_t target = backwards_ ? nearest : farthest;
      if (nearest == farthest) {
        out.push_back(Ref{target, {}});
        target = backwards_ ? target - 1 : target + 1;  // sequences begin at 1
      }
      for (Stream& stream : streams_) stream.move_to(target);
    }
    return true;
  }

 private:
  static constexpr std::size_t seeks_a_step = 256;
  std::vector<Stream> streams_;
  bool backwards_;
};

}  // namespace

Count::Count(std::vector<Range> spans, std::uint64_t bound) : spans_(std::move(spans)), bound_(bound) {
  for (Range& span : spans_) {
    span.limit = keys_a_read;
    span.keys_only = true;
  }
}

result<bool> Count::next(Engine& engine, const Source& source) {
  if (spans_.empty() || is_over()) return false;
  Range& span = spans_.back();
  const result<Rows> rows = engine.read_now(Reads{{}, {span}});
  if (!rows) return rows.error();
  const std::vector<Row>& page = rows->view().ranges[0];
  for (const Row& row : page) {
    if (row.key < span.first) continue;  // more of the last record
    span.first = source.extent(row).last;
    ++counted_;
  }
  if (page.size() < keys_a_read) spans_.pop_back();
  return true;
}

std::unique_ptr<Walk> walk_span(Range span, bool backwards) {
  return std::make_unique<SpanWalk>(std::move(span), backwards);
}

std::unique_ptr<Walk> walk_values(Range span, bool backwards, std::string after) {
  return std::make_unique<ValueWalk>(std::move(span), backwards, after);
}

std::unique_ptr<Walk> walk_chain(std::vector<std::unique_ptr<Walk>> walks) {
  return std::make_unique<ChainWalk>(std::move(walks));
}

std::unique_ptr<Walk> walk_union(std::vector<std::string> groups, bool backwards, std::optional<std::uint64_t> from) {
  return std::make_unique<UnionWalk>(streams_of(std::move(groups), backwards, from), backwards);
}

std::unique_ptr<Walk> walk_common(std::vector<std::string> groups, bool backwards, std::optional<std::uint64_t> from) {
  return std::make_unique<CommonWalk>(streams_of(std::move(groups), backwards, from), backwards);
}

}  // namespace portcullis::storage::query
