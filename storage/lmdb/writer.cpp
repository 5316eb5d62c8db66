#include "storage/lmdb/writer.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <ctime>
#include <utility>

#include "core/async/notify_batch.hpp"
#include "storage/keys.hpp"
#include "storage/lmdb/fetch.hpp"
#include "storage/outbox_keys.hpp"
#include "storage/projects.hpp"

// Durability is LMDB's own synchronous commit: it writes the changed pages to unused places, flushes them (fdatasync),
// and only then writes the head page that makes them the store (O_DSYNC), so a torn commit is no commit. With
// MDB_NOSYNC and one mdb_env_sync() a batch would cost one flush instead of two, but the head could reach the disk
// before the pages it names, and a power cut between them would lose the store.

namespace portcullis::storage::lmdb {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;
using WallClock = std::chrono::steady_clock;

microseconds since(WallClock::time_point began) { return duration_cast<microseconds>(WallClock::now() - began); }

/// What the calling thread itself did so far: time in which it waits, for a disk above all, is not in it.
microseconds own_time() noexcept {
  timespec spent{};
  if (::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent) != 0) return microseconds(0);
  return duration_cast<microseconds>(std::chrono::seconds(spent.tv_sec) + std::chrono::nanoseconds(spent.tv_nsec));
}

/// An exception from a decision fails that change only.
result<Edits> decide(const EngineChange& change, const View& view) noexcept {
  try {
    return change.decide(view);
  } catch (...) {
    return errc::general_unknown;
  }
}

}  // namespace

Writer::Writer(MDB_env* env, MDB_dbi dbi, const LmdbOptions& options)
    : env_(env),
      dbi_(dbi),
      batch_changes_(std::max<std::uint32_t>(1, options.batch_changes)),
      batch_bytes_(options.batch_bytes),
      queue_changes_(options.queue_changes),
      faults_(options.faults),
      on_trouble_(options.on_trouble),
      on_messages_(options.on_messages),
      thread_([this] { run(); }) {}

Writer::~Writer() { stop(); }

void Writer::enqueue(EngineChange change, Answer answer) {
  error why = busy(1);
  {
    const std::lock_guard lock(mutex_);
    const bool has_space = queue_.size() < queue_changes_ && (queue_.empty() || !change.droppable);
    if (poisoned()) {
      why = errc::storage_poisoned;
    } else if (!stopping_ && has_space) {
      queue_.push_back(Job{std::move(change), std::move(answer)});
      notify_after_batch(wake_);  // each, because who came first may be in the middle of a long batch
      return;
    }
  }
  answer(why);
}

void Writer::on_projects_changed(ProjectsHook hook) {
  const std::lock_guard lock(mutex_);
  projects_changed_ = std::move(hook);
}

void Writer::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  const std::lock_guard lock(joining_);
  if (thread_.joinable()) thread_.join();
}

void Writer::run() {
  while (gather()) process();
}

/// Tops the batch up with what queued meanwhile; waits when there is nothing to do. False: stopping, all is done.
bool Writer::gather() {
  std::unique_lock lock(mutex_);
  if (batch_.empty()) wake_.wait(lock, [this] { return !queue_.empty() || stopping_; });
  while (!queue_.empty() && batch_.size() < batch_changes_) {
    batch_.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return !batch_.empty();
}

void Writer::process() {
  std::size_t tried = batch_.size();
  try {
    if (run_group(batch_.size(), tried) == Group::rolled_back) return run_singly(tried);
  } catch (...) {  // no memory for a batch: none of it happened
    settle(tried, errc::general_unknown);
  }
  answer(tried);
}

void Writer::run_singly(std::size_t count) {
  for (; count > 0; --count) {
    std::size_t tried = 1;
    static_cast<void>(run_group(1, tried));
    answer(1);
  }
}

/// Runs up to `wanted` changes from the front of the batch in one transaction. `tried` = how many it came to.
Writer::Group Writer::run_group(std::size_t wanted, std::size_t& tried) {
  tried = wanted;
  changed_.clear();
  refreshed_.clear();
  messages_.clear();
  const WallClock::time_point began = WallClock::now();
  MDB_txn* begun = nullptr;
  const int code = poisoned() ? MDB_PANIC : mdb_txn_begin(env_, nullptr, 0, &begun);
  Txn txn(begun);
  if (code != MDB_SUCCESS) {
    settle(wanted, code == MDB_PANIC ? poison(code) : write_error(code));
    return Group::settled;
  }
  const int failed = run_changes(begun, wanted, tried);
  if (failed != MDB_SUCCESS) {
    if (wanted > 1) return Group::rolled_back;
    settle(1, write_error(failed));
    return Group::settled;
  }
  const auto end = batch_.begin() + static_cast<std::ptrdiff_t>(tried);
  const auto edited = std::count_if(batch_.begin(), end, [](const Job& job) { return job.edits; });
  CommitTimes times{since(began), {}};
  const result<void> committed = edited == 0 ? result<void>{} : commit(std::move(txn), times);
  note_times(tried, times);
  if (edited == 0) return Group::settled;
  if (!committed) {
    settle(tried, committed.error());  // refusals, too: they may rest on edits that did not happen
    return Group::settled;
  }
  for (const Revisions::Slot slot : changed_) revisions_.advance(slot);
  if (!messages_.empty()) on_messages_(messages_);
  commit_changes_.add(static_cast<std::uint64_t>(edited));
  refresh_projects(tried);
  return Group::settled;
}

int Writer::run_changes(MDB_txn* txn, std::size_t wanted, std::size_t& tried) {
  MDB_cursor* opened = nullptr;
  const int code = mdb_cursor_open(txn, dbi_, &opened);
  if (code != MDB_SUCCESS) return code;
  const Cursor cursor(opened);
  std::uint64_t bytes = 0;
  for (tried = 0; tried < wanted && (tried == 0 || bytes < batch_bytes_);) {
    const int failed = run_change(txn, opened, batch_[tried++], bytes);
    if (failed != MDB_SUCCESS) return failed;
  }
  return MDB_SUCCESS;
}

int Writer::run_change(MDB_txn* txn, MDB_cursor* cursor, Job& job, std::uint64_t& bytes) {
  View view;
  const int code = fetch(cursor, job.change.reads, view);
  if (code != MDB_SUCCESS) return code;
  result<Edits> edits = decide(job.change, view);
  bool removed = false;
  const int failed = edits ? find_removed(txn, *edits, removed) : MDB_SUCCESS;
  if (failed != MDB_SUCCESS) return failed;
  job.edits = edits && !removed && !(edits->erase.empty() && edits->put.empty());
  job.outcome = edits ? result<void>{} : result<void>{edits.error()};
  if (removed) job.outcome = errc::project_not_found;
  if (!job.edits) return MDB_SUCCESS;
  if (job.change.refreshes_projects) {
    refreshed_.insert(refreshed_.end(), edits->erase.begin(), edits->erase.end());
    for (const Put& put : edits->put) refreshed_.push_back(put.key);
  }
  return apply(txn, cursor, *edits, bytes);
}

/// Would they put rows into the space of a removed project? Their request began when the project was there, and nobody
/// would come to erase them.
int Writer::find_removed(MDB_txn* txn, const Edits& edits, bool& found) {
  ProjectNo held = system_space;
  for (const Put& put : edits.put) {
    const ProjectNo project = keys::project_of(put.key);
    if (project == system_space || project == held) continue;
    held = project;
    const std::string name = keys::removed_project(project);
    MDB_val key = to_val(name);
    MDB_val value{};
    const int code = mdb_get(txn, dbi_, &key, &value);
    if (code == MDB_NOTFOUND) continue;
    if (code != MDB_SUCCESS) return code;
    found = true;
    break;
  }
  return MDB_SUCCESS;
}

/// Puts go through the cursor: one that comes next in its page needs no search from the root.
int Writer::apply(MDB_txn* txn, MDB_cursor* cursor, const Edits& edits, std::uint64_t& bytes) {
  for (const std::string& name : edits.erase) {
    MDB_val key = to_val(name);
    const int code = mdb_del(txn, dbi_, &key, nullptr);
    if (code != MDB_SUCCESS && code != MDB_NOTFOUND) return code;
    bytes += name.size();
    note_change(name);
  }
  for (const Put& put : edits.put) {
    MDB_val key = to_val(put.key);
    MDB_val value = to_val(put.value);
    const int code = mdb_cursor_put(cursor, &key, &value, 0);
    if (code != MDB_SUCCESS) return code;
    bytes += put.key.size() + put.value.size();
    note_change(put.key);
    note_message(put.key);
  }
  return MDB_SUCCESS;
}

/// A user's rows come one after the other, so most repetitions are noticed.
void Writer::note_change(std::string_view key) {
  const std::optional<Revisions::Slot> slot = Revisions::slot_of(key);
  if (slot && (changed_.empty() || changed_.back() != *slot)) changed_.push_back(*slot);
}

void Writer::note_message(std::string_view key) {
  if (on_messages_ && keys::is_outbox_due(key)) messages_.emplace_back(key);
}

/// "No room" leaves the store as it was. After any other failure the pages may or may not be on disk, and a second
/// flush that succeeds proves nothing (the kernel reports a lost write once), so the writer refuses until a restart.
result<void> Writer::commit(Txn txn, CommitTimes& times) {
  const WallClock::time_point began = WallClock::now();
  const microseconds worked_before = own_time();
  int code = faults_.before_flush ? faults_.before_flush() : 0;
  if (code != 0) return poison(code);
  code = faults_.before_commit ? faults_.before_commit() : 0;
  if (code == MDB_SUCCESS) {
    code = mdb_txn_commit(txn.release());
    // LMDB flushes somewhere within: what of it was not the thread's work was a wait for the disk.
    const microseconds took = since(began);
    const microseconds worked = std::min(took, own_time() - worked_before);
    times.held += worked;
    times.flushed = took - worked;
    commit_time_.add(static_cast<std::uint64_t>(took.count()));
    flush_time_.add(static_cast<std::uint64_t>(times.flushed.count()));
  }
  if (code == MDB_SUCCESS) return {};
  return is_full(code) ? write_error(code) : poison(code);
}

void Writer::note_times(std::size_t count, const CommitTimes& times) {
  for (std::size_t i = 0; i < count; ++i)
    if (batch_[i].change.times) *batch_[i].change.times = times;
}

void Writer::read(Engine::Stats& stats) const {
  stats.poisoned = poisoned();
  stats.commit_time = commit_time_.read();
  stats.flush_time = flush_time_.read();
  stats.commit_changes = commit_changes_.read();
  stats.commits = stats.commit_changes.total();
  stats.changes = stats.commit_changes.sum;
  const std::lock_guard lock(mutex_);
  stats.queued = queue_.size();
}

error Writer::poison(int code) noexcept {
  if (!poisoned_.exchange(true, std::memory_order_acq_rel)) tell(Trouble::poisoned, code);
  return errc::storage_poisoned;
}

error Writer::write_error(int code) noexcept {
  if (!is_full(code)) return code == MDB_BAD_VALSIZE ? error{errc::general_unknown} : read_error(code);
  const WallClock::time_point now = WallClock::now();
  if (logged_full_ && now - *logged_full_ < std::chrono::minutes(1)) return errc::storage_full;
  logged_full_ = now;
  tell(code == MDB_MAP_FULL || code == MDB_TXN_FULL ? Trouble::limit_reached : Trouble::disk_full, code);
  return errc::storage_full;
}

void Writer::tell(Trouble what, int code) noexcept {
  if (!on_trouble_) return;
  try {
    on_trouble_(what, words_of(code));
  } catch (...) {  // NOLINT(bugprone-empty-catch): no memory for words; the answers say it all the same
  }
}

void Writer::settle(std::size_t count, error why) {
  for (std::size_t i = 0; i < count; ++i) {
    batch_[i].outcome = why;
    batch_[i].edits = false;
  }
}

void Writer::refresh_projects(std::size_t count) {
  const auto end = batch_.begin() + static_cast<std::ptrdiff_t>(count);
  const auto refreshes = [](const Job& job) { return job.edits && job.change.refreshes_projects; };
  if (std::none_of(batch_.begin(), end, refreshes)) return;
  ProjectsHook hook;
  {
    const std::lock_guard lock(mutex_);
    hook = projects_changed_;
  }
  try {
    if (hook) hook(refreshed_);
  } catch (...) {  // the commit stands, but whoever asked must not believe that it is in force
    for (auto job = batch_.begin(); job != end; ++job)
      if (refreshes(*job)) job->outcome = errc::general_unknown;
  }
}

/// Answers and forgets the first `count` jobs.
void Writer::answer(std::size_t count) {
  Completions together;
  for (; count > 0; --count) {
    batch_.front().answer(batch_.front().outcome, together);
    batch_.pop_front();  // before it is posted, so that what the change owns is gone when its caller goes on
  }
  try {
    together.post();
  } catch (...) {  // NOLINT(bugprone-empty-catch): no memory to resume callers, who are gone with it
  }
}

}  // namespace portcullis::storage::lmdb
