#include "storage/session_sweep.hpp"

#include <utility>

#include "storage/codec.hpp"
#include "storage/keys.hpp"
#include "storage/sessions.hpp"
#include "storage/store.hpp"

namespace portcullis::storage {
namespace {

/// A busy writer is let alone so many times; after that the piece waits its turn like any change.
constexpr std::uint32_t most_refusals = 20;
constexpr std::size_t project_bytes = 4;

bool is_of_users(std::string_view key) { return key.size() > project_bytes && key[project_bytes] == keys::kind_user; }

/// Where the users of a key's project begin, or of the next one when the key lies behind them.
std::string skip(std::string_view key) {
  const ProjectNo p = keys::project_of(key);
  const std::string users = keys::prefix_of(p, keys::kind_user);
  if (p != system_space && key < users) return users;
  return keys::beyond(std::string(key.substr(0, project_bytes)));
}

/// Erases those of the rows that are still there and of sessions that have expired.
EngineChange erase_rows(std::vector<std::string> names, Time now) {
  EngineChange change;
  change.reads.keys = std::move(names);
  change.decide = [now, keys = change.reads.keys](const View& view) -> result<Edits> {
    std::vector<Row> rows;
    for (std::size_t i = 0; i < keys.size(); ++i)
      if (view.values[i]) rows.push_back(Row{keys[i], *view.values[i]});
    Edits edits;
    erase_expired(edits, rows, now);
    return edits;
  };
  return change;
}

}  // namespace

/// The first row of a user at or behind `from`; empty when there is none. A few short looks a project.
awaitable<result<std::string>> SessionSweep::next_users(std::string from) {
  if (from.empty()) from.assign(1, '\0');
  while (!from.empty()) {
    Reads reads;
    Range one{std::move(from), std::string(project_bytes + 1, '\xff'), 1};
    one.keys_only = true;
    reads.ranges.push_back(std::move(one));
    const result<Rows> rows = co_await engine_.read(std::move(reads));
    if (!rows) co_return rows.error();
    if (rows->view().ranges[0].empty()) co_return std::string();
    const std::string_view key = rows->view().ranges[0].front().key;
    if (is_of_users(key)) co_return std::string(key);
    from = skip(key);
  }
  co_return std::string();
}

awaitable<result<SessionSweep::Found>> SessionSweep::find_expired(Time now) {
  std::string from = at_;
  result<std::string> first = co_await next_users(std::move(from));
  if (!first) co_return first.error();
  Found found;
  if (first->empty()) co_return found;
  found.next = keys::beyond(first->substr(0, project_bytes + 1));
  Reads reads;
  reads.ranges.push_back(Range{std::move(*first), found.next, step_rows});
  Visit collect = [&found, now](const Reads&, const View& view) -> result<void> {
    const std::vector<Row>& rows = view.ranges[0];
    std::vector<Row> sessions;
    for (const Row& row : rows)
      if (keys::is_user_row(row.key, keys::UserRow::session)) sessions.push_back(row);
    Edits edits;
    erase_expired(edits, sessions, now);
    found.expired = std::move(edits.erase);
    if (rows.size() == step_rows) found.next = keys::behind(rows.back().key);
    return {};
  };
  const result<void> visited = co_await engine_.visit(std::move(reads), std::move(collect));
  if (!visited) co_return visited.error();
  co_return std::move(found);
}

awaitable<result<SessionSweep::Step>> SessionSweep::step(Time now) {
  result<Found> found = co_await find_expired(now);
  if (!found) co_return found.error();
  Step done;
  if (!found->expired.empty()) {
    done.erased = found->expired.size();
    EngineChange change = erase_rows(std::move(found->expired), now);
    change.droppable = refusals_ < most_refusals;
    const result<void> erased = co_await engine_.submit(std::move(change));
    const bool busy = !erased && (erased.error().code == errc::server_busy || erased.error().code == errc::again);
    refusals_ = busy ? refusals_ + 1 : 0;
    if (busy) co_return Step{};
    if (!erased) co_return erased.error();
  }
  at_ = std::move(found->next);
  done.round_over = at_.empty();
  co_return done;
}

}  // namespace portcullis::storage
