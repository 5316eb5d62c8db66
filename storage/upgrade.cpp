#include "storage/upgrade.hpp"

#include <iterator>
#include <map>
#include <utility>
#include <vector>

#include "core/async/run_blocking.hpp"
#include "core/words.hpp"
#include "storage/codec.hpp"
#include "storage/counters.hpp"
#include "storage/format.hpp"
#include "storage/keys.hpp"
#include "storage/store.hpp"
#include "storage/targets.hpp"
#include "storage/users.hpp"

namespace portcullis::storage {
namespace {

constexpr std::uint32_t page_users = 256;
constexpr std::uint32_t page_entries = 4096;

awaitable<result<void>> apply(Engine& engine, Edits edits) {
  for (;;) {
    EngineChange change;
    change.decide = [edits](const View&) -> result<Edits> { return edits; };
    const result<void> done = co_await engine.submit(std::move(change));
    if (done || done.error().code != errc::again) co_return done;  // only the test engine asks again: we are alone
  }
}

/// Waits for the commit on the calling thread.
result<void> apply_now(Engine& engine, Edits edits) { return run_blocking(apply(engine, std::move(edits))); }

/// What an interrupted upgrade left may be wrong by now: an older program changes users without these entries.
result<void> forget(Engine& engine, const Range& entries) {
  for (;;) {
    const result<Rows> rows = engine.read_now(Reads{{}, {entries}});
    if (!rows) return rows.error();
    Edits edits;
    for (const Row& row : rows->view().ranges[0]) edits.erase.emplace_back(row.key);
    if (edits.erase.empty()) return {};
    const result<void> done = apply_now(engine, std::move(edits));
    if (!done) return done;
  }
}

result<void> add_entries(Engine& engine, ProjectNo p, const std::vector<Row>& order, Edits& edits) {
  Reads reads;
  for (const Row& row : order) {
    const result<std::string> id = codec::read<std::string>(row);
    if (!id) return id.error();
    reads.keys.push_back(keys::user(p, *id));
  }
  const result<Rows> rows = engine.read_now(reads);
  if (!rows) return rows.error();
  for (std::size_t i = 0; i < reads.keys.size(); ++i) {
    const std::optional<std::string_view>& value = rows->view().values[i];
    if (!value) return errc::record_corrupt;
    const result<User> user = codec::read<User>(Row{reads.keys[i], *value});
    if (!user) return user.error();
    std::vector<Put> entries = list_entries(p, *user);
    std::move(entries.begin(), entries.end(), std::back_inserter(edits.put));
  }
  return {};
}

result<void> make_list_entries(Engine& engine, ProjectNo p, const std::function<void(std::uint64_t)>& progress,
                               std::uint64_t& users) {
  const result<void> forgotten = forget(engine, keys::list_entries(p, page_entries));
  if (!forgotten) return forgotten;
  for (std::uint64_t after = 0;;) {
    const result<Rows> order = engine.read_now(Reads{{}, {keys::users_in_order(p, after, page_users)}});
    if (!order) return order.error();
    const std::vector<Row>& page = order->view().ranges[0];
    if (page.empty()) return {};
    Edits edits;
    const result<void> added = add_entries(engine, p, page, edits);
    if (!added) return added;
    const result<void> done = apply_now(engine, std::move(edits));
    if (!done) return done;
    after = keys::sequence_of(page.back().key);
    users += page.size();
    if (progress) progress(users);
  }
}

/// Each target has one entry in the index of identifiers, which names it: no user's rows need to be read.
result<void> index_target_ids(Engine& engine, ProjectNo p) {
  const result<void> forgotten = forget(engine, keys::target_ids(p, page_entries));
  if (!forgotten) return forgotten;
  Range range = keys::identifiers(p, page_entries);
  for (;;) {
    const result<Rows> rows = engine.read_now(Reads{{}, {range}});
    if (!rows) return rows.error();
    const std::vector<Row>& page = rows->view().ranges[0];
    Edits edits;
    for (const Row& row : page) {
      const result<TargetRef> ref = codec::read<TargetRef>(row);
      if (!ref) return ref.error();
      edits.put.push_back(codec::put(keys::target_index(p, ref->target_id), *ref));
    }
    if (edits.put.empty()) return {};
    const result<void> done = apply_now(engine, std::move(edits));
    if (!done || page.size() < page_entries) return done;
    range.first = keys::behind(page.back().key);
  }
}

/// What format 2 added, or of it only what depends on Unicode.
result<void> make_entries(Engine& engine, const std::function<void(std::uint64_t)>& progress, bool targets) {
  const result<std::vector<Project>> projects = Store(engine).all_projects_now();
  if (!projects) return projects.error();
  std::uint64_t users = 0;
  for (const Project& project : *projects) {
    result<void> done = make_list_entries(engine, project.number, progress, users);
    if (done && targets) done = index_target_ids(engine, project.number);
    if (!done) return done;
  }
  return {};
}

/// What format 4 added: counters that say what the hashes of their project cost. All go with the head record, because
/// an older program cannot read them.
result<std::vector<Put>> count_hashes(Engine& engine, const std::function<void(std::uint64_t)>& progress) {
  struct Found {
    std::optional<Counters> counters;
    HashClasses classes;
  };
  std::map<ProjectNo, Found> projects;
  std::uint64_t users = 0;
  bool damaged = false;
  const auto visit = [&](const Row& row) {
    const std::optional<keys::Parsed> parsed = keys::parse(row.key);
    if (!parsed) return;
    if (parsed->kind == keys::kind_counters) {
      const result<Counters> counters = codec::read<Counters>(row);
      damaged = damaged || !counters;
      if (counters) projects[parsed->project].counters = *counters;
    } else if (keys::is_user_row(row.key, keys::UserRow::credential)) {
      const result<Credential> credential = codec::read<Credential>(row);
      damaged = damaged || !credential;
      if (credential) projects[parsed->project].classes.add(credential->hash);
      if (++users % page_users == 0 && progress) progress(users);
    }
  };
  const result<void> walked = engine.inspect([&](Snapshot& snapshot) { snapshot.each(visit); });
  if (!walked) return walked.error();
  if (damaged) return errc::record_corrupt;
  if (progress) progress(users);
  std::vector<Put> puts;
  for (auto& [number, found] : projects) {
    Counters counters = found.counters.value_or(Counters{});
    counters.hash_classes = std::move(found.classes);
    puts.push_back(codec::put(keys::counters(number), counters));
  }
  return puts;
}

}  // namespace

result<void> upgrade(Engine& engine, const std::function<void(std::uint64_t)>& progress) {
  const std::string head = keys::meta();
  const std::string tables = keys::unicode();
  const result<Rows> rows = engine.read_now(Reads{{head, tables}, {}});
  if (!rows) return rows.error();
  if (!rows->view().values[0]) return errc::record_corrupt;
  result<Meta> meta = codec::read<Meta>(Row{head, *rows->view().values[0]});
  if (!meta) return meta.error();
  const std::optional<std::string_view>& made_by = rows->view().values[1];
  const result<std::string> version =
      made_by ? codec::read<std::string>(Row{tables, *made_by}) : result<std::string>("");
  if (!version) return version.error();
  const bool same_tables = *version == unicode_version();
  if (meta->format >= store_format && same_tables) return {};
  // Formats 3, 4, 5 and 6 added identities, marks of removed projects, notes in projects and the order of mock phone
  // numbers, of which an older store has none.
  const bool lacks_entries = meta->format < format_with_list_entries;
  const result<void> made =
      lacks_entries || !same_tables ? make_entries(engine, progress, lacks_entries) : result<void>{};
  if (!made) return made;
  const bool lacks_counts = meta->format < format_with_hash_classes;
  result<std::vector<Put>> last{std::vector<Put>{}};
  if (lacks_counts) last = count_hashes(engine, progress);
  if (!last) return last.error();
  meta->format = store_format;
  last->push_back(codec::put(head, *meta));
  last->push_back(codec::put_text(tables, unicode_version()));
  return apply_now(engine, Edits{{}, std::move(*last)});
}

}  // namespace portcullis::storage
