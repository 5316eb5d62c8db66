#include "storage/erasure.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "storage/codec.hpp"
#include "storage/projects.hpp"

namespace portcullis::storage {
namespace {

// A commit of this much takes a few milliseconds, and others wait for it.
constexpr std::uint32_t piece_rows = 1024;
constexpr std::size_t piece_bytes = 1024 * 1024;
constexpr std::uint32_t page_marks = 256;
/// A busy writer is let alone so many times; after that the piece waits its turn like any change.
constexpr std::uint32_t most_refusals = 20;
/// Requests that began before a project was removed are over by then: nobody is left to be refused for its mark.
constexpr std::chrono::hours mark_lifetime{1};

}  // namespace

awaitable<result<std::vector<RemovedProject>>> Erasure::removed() {
  std::vector<RemovedProject> all;
  Range range = keys::removed_projects(page_marks);
  for (;;) {
    Reads reads;
    reads.ranges.push_back(range);
    const result<Rows> rows = co_await engine_.read(std::move(reads));
    if (!rows) co_return rows.error();
    const std::vector<Row>& page = rows->view().ranges[0];
    for (const Row& row : page) {
      result<RemovedProject> mark = codec::read<RemovedProject>(row);
      if (!mark) co_return mark.error();
      all.push_back(std::move(*mark));
    }
    if (page.size() < page_marks) co_return all;
    range.first.assign(page.back().key);
    range.first.push_back('\0');  // the next possible key
  }
}

awaitable<result<Erasure::Step>> Erasure::step(Time now) {
  const result<std::vector<RemovedProject>> all = co_await removed();
  if (!all) co_return all.error();
  const auto waiting = std::find_if(all->begin(), all->end(), [](const auto& mark) { return !mark.erased; });
  if (waiting != all->end()) co_return co_await erase_rows(*waiting);
  std::vector<std::string> old;
  for (const RemovedProject& mark : *all)
    if (mark.removed_at + mark_lifetime < now) old.push_back(keys::removed_project(mark.number));
  if (old.empty()) co_return Step{};
  co_return co_await forget(std::move(old));
}

/// The names are read here, so that pages that are not in memory are waited for by this thread and not by the writer.
awaitable<result<Erasure::Step>> Erasure::erase_rows(const RemovedProject& project) {
  std::vector<std::string> names;
  Visit collect = [&names](const Reads&, const View& view) -> result<void> {
    std::size_t bytes = 0;
    for (const Row& row : view.ranges[0]) {
      names.emplace_back(row.key);
      bytes += row.key.size() + row.value.size();
      if (bytes >= piece_bytes) break;
    }
    return {};
  };
  Reads reads;
  reads.ranges.push_back(keys::whole_project(project.number, piece_rows));
  const result<void> visited = co_await engine_.visit(std::move(reads), std::move(collect));
  if (!visited) co_return visited.error();
  if (names.empty()) {
    RemovedProject last = project;
    co_return co_await finish(std::move(last));
  }
  EngineChange change;
  change.decide = [names = std::move(names)](const View&) -> result<Edits> { return Edits{names, {}}; };
  change.droppable = refusals_ < most_refusals;
  const result<void> done = co_await engine_.submit(std::move(change));
  const bool busy = !done && (done.error().code == errc::server_busy || done.error().code == errc::again);
  refusals_ = busy ? refusals_ + 1 : 0;
  if (!done && !busy) co_return done.error();
  Step more;
  more.more = true;
  co_return more;
}

awaitable<result<Erasure::Step>> Erasure::finish(RemovedProject project) {
  Step last;
  last.more = true;  // there may be other projects
  EngineChange change;
  const std::string key = keys::removed_project(project.number);
  change.reads.keys.push_back(key);
  change.reads.ranges.push_back(keys::whole_project(project.number, 1));
  project.erased = true;
  change.decide = [key, project](const View& view) -> result<Edits> {
    if (!view.values[0] || !view.ranges[0].empty()) return errc::again;
    return Edits{{}, {codec::put(key, project)}};
  };
  const result<void> done = co_await engine_.submit(std::move(change));
  if (!done && done.error().code != errc::again) co_return done.error();
  if (done) last.finished = project.id;
  co_return last;
}

awaitable<result<Erasure::Step>> Erasure::forget(std::vector<std::string> marks) {
  EngineChange change;
  change.decide = [marks = std::move(marks)](const View&) -> result<Edits> { return Edits{marks, {}}; };
  const result<void> done = co_await engine_.submit(std::move(change));
  if (!done && done.error().code != errc::again) co_return done.error();
  co_return Step{};
}

}  // namespace portcullis::storage
