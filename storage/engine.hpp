#pragma once
// The seam: an ordered key-value engine that is told in advance what it will read. A read declares keys and bounded
// ranges; a change declares them too, and a pure `decide` turns what was found into edits. Engines fetch the declared
// reads together. Nothing above this header knows which engine it is.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/async/offload.hpp"
#include "core/error.hpp"
#include "core/histogram.hpp"

namespace portcullis::storage {

/// Rows with first <= key < last, at most `limit` of them, in key order (or from the end when `backwards`).
struct Range {
  std::string first;
  std::string last;
  std::uint32_t limit = 64;
  bool backwards = false;
  bool keys_only = false;  ///< values are not copied: those of the rows are empty
};

struct Reads {
  std::vector<std::string> keys;
  std::vector<Range> ranges;
};

struct Row {
  std::string_view key;
  std::string_view value;
};

/// What the declared reads found, in their order. Views live as long as the call (decide) or the owner (Rows).
struct View {
  std::vector<std::optional<std::string_view>> values;  ///< one per declared key
  std::vector<std::vector<Row>> ranges;                 ///< one per declared range
};

/// A view together with the bytes it points into. Movable; the views stay valid.
class Rows {
 public:
  Rows() = default;
  Rows(std::unique_ptr<char[]> bytes, View view) : bytes_(std::move(bytes)), view_(std::move(view)) {}
  [[nodiscard]] const View& view() const noexcept { return view_; }

 private:
  std::unique_ptr<char[]> bytes_;
  View view_;
};

/// Told what declared reads found, where it lies: views end with the call. Owns its captures; makes no other read.
using Visit = std::function<result<void>(const Reads&, const View&)>;

struct Put {
  std::string key;
  std::string value;
};

/// Applied in order: erasures first, then puts.
struct Edits {
  std::vector<std::string> erase;
  std::vector<Put> put;
};

/// What a commit cost everybody who waits for the writer.
struct CommitTimes {
  std::chrono::microseconds held{0};     ///< from the beginning of its transaction to the end of its work
  std::chrono::microseconds flushed{0};  ///< beside that: until the disk had it
};

/// A change as the engine sees it. `decide` owns its inputs, uses no clock, random or I/O, and may run more than once
/// and on any thread; an error leaves no trace. `refreshes_projects`: what the project snapshot holds of the edited
/// rows is read anew after the commit.
struct EngineChange {
  Reads reads;
  std::function<result<Edits>(const View&)> decide;
  bool refreshes_projects = false;
  bool droppable = false;                ///< refused with server_busy at once when the writer is busy (accessedAt)
  std::shared_ptr<CommitTimes> times{};  ///< when not null: filled in before the answer, for all that shared the commit
};

/// Why changes cannot be written.
enum class Trouble : std::uint8_t {
  disk_full,      ///< or a quota, or a limit of the file's size; the next change tries again
  limit_reached,  ///< the store has grown to Engine::Stats::size_limit_bytes
  poisoned        ///< a flush failed: nothing is written until a restart
};
/// Told on the writer's thread, before the changes are answered, with `why` in words: of no room once a minute at most,
/// of a failed flush once.
using TroubleHook = std::function<void(Trouble what, const std::string& why)>;
/// Told on the writer's thread, after a commit and before its changes are answered, the keys of the entries of due
/// messages that it put (storage/outbox_keys.hpp). Must not wait, nor throw.
using OutboxHook = std::function<void(std::span<const std::string> entries)>;

class Revisions;

/// Told the keys of all rows that changes with `refreshes_projects` edited. Throws when what they hold is not in force.
using ProjectsHook = std::function<void(std::span<const std::string> keys)>;

/// The whole store at one moment, for walks over everything. Views live as long as the snapshot. Failures throw
/// std::runtime_error, which Engine::inspect turns into an error.
class Snapshot {
 public:
  virtual ~Snapshot() = default;
  [[nodiscard]] virtual std::optional<std::string_view> find(std::string_view key) = 0;
  /// Every row in key order.
  virtual void each(const std::function<void(const Row&)>& visit) = 0;
};

class Engine {
 public:
  virtual ~Engine() = default;
  /// Owned values of the declared reads, from one consistent snapshot. Errors: storage_*, record_corrupt.
  [[nodiscard]] virtual awaitable<result<Rows>> read(Reads reads) = 0;
  /// Calls `look` once with the declared reads of one consistent snapshot, without a copy of their bytes, and answers
  /// what it does. Errors: as read().
  [[nodiscard]] virtual awaitable<result<void>> visit(Reads reads, Visit visit) = 0;
  /// As read(), without a coroutine, for start-up, commands and the scan thread.
  [[nodiscard]] virtual result<Rows> read_now(const Reads& reads) = 0;
  /// Resumes after the commit that holds the change is on disk. Errors: what decide answered, project_not_found (it
  /// would put rows into the space of a removed project), storage_full, storage_poisoned, server_busy (queue bound,
  /// droppable, stopping).
  [[nodiscard]] virtual awaitable<result<void>> submit(EngineChange change) = 0;
  /// Called on the writer's thread after a commit that refreshes projects and before its changes are answered.
  virtual void on_projects_changed(ProjectsHook hook) = 0;
  /// How often each user's rows have changed, when this process makes all changes; null for an engine that others
  /// write to as well.
  [[nodiscard]] virtual const Revisions* revisions() const noexcept = 0;
  /// Calls `look` with a snapshot of everything on the calling thread; may take as long as the store is large.
  [[nodiscard]] virtual result<void> inspect(const std::function<void(Snapshot&)>& visit) = 0;
  /// Refuses new changes, commits the queued ones, joins the writer. Idempotent.
  virtual void stop() = 0;
  /// A consistent copy of the store file into `folder` while it is in use.
  [[nodiscard]] virtual result<void> backup(const std::string& folder) = 0;
  /// Counts for health, metrics and operations.
  struct Stats {
    std::uint64_t commits = 0;           ///< made durable since the store was opened
    std::uint64_t changes = 0;           ///< in those commits
    std::uint64_t size_bytes = 0;        ///< of the store
    std::uint64_t size_limit_bytes = 0;  ///< that it cannot outgrow as long as it is open
    std::size_t queued = 0;              ///< changes waiting for the next commit
    Histogram::Reading commit_time;      ///< microseconds of a commit with its flush
    Histogram::Reading flush_time;       ///< microseconds of it that waited for the disk
    Histogram::Reading commit_changes;
    bool poisoned = false;  ///< a flush failed: changes are refused until a restart
  };
  [[nodiscard]] virtual Stats stats() const = 0;
};

}  // namespace portcullis::storage
