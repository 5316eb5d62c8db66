#include "storage/lmdb/lmdb_engine.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "storage/lmdb/fetch.hpp"
#include "storage/lmdb/reader_pool.hpp"
#include "storage/lmdb/writer.hpp"

namespace portcullis::storage {
namespace {

using lmdb::Reader;
using lmdb::ReaderPool;

/// Closes a file at the end of a block.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const noexcept { return fd_; }

 private:
  int fd_;
};

class LmdbSnapshot final : public Snapshot {
 public:
  LmdbSnapshot(const ReaderPool::Lease& lease, MDB_dbi dbi) : lease_(lease), dbi_(dbi) {}

  std::optional<std::string_view> find(std::string_view name) override {
    MDB_val key = lmdb::to_val(name);
    MDB_val value{};
    const int code = mdb_get(lease_.txn(), dbi_, &key, &value);
    if (code == MDB_NOTFOUND) return std::nullopt;
    if (code != MDB_SUCCESS) throw std::runtime_error(mdb_strerror(code));
    return lmdb::to_view(value);
  }

  void each(const std::function<void(const Row&)>& visit) override {
    MDB_val key{};
    MDB_val value{};
    int code = mdb_cursor_get(lease_.cursor(), &key, &value, MDB_FIRST);
    for (; code == MDB_SUCCESS; code = mdb_cursor_get(lease_.cursor(), &key, &value, MDB_NEXT))
      visit(Row{lmdb::to_view(key), lmdb::to_view(value)});
    if (code != MDB_NOTFOUND) throw std::runtime_error(mdb_strerror(code));
  }

 private:
  const ReaderPool::Lease& lease_;
  MDB_dbi dbi_;
};

class LmdbEngine final : public Engine {
 public:
  explicit LmdbEngine(const LmdbOptions& options)
      : store_(lmdb::open_environment(options)),
        readers_(store_.env.get(), store_.dbi),
        writer_(store_.env.get(), store_.dbi, options) {}

  ~LmdbEngine() override { writer_.stop(); }

  awaitable<result<Rows>> read(Reads reads) override { co_return read_now(reads); }

  awaitable<result<void>> visit(Reads reads, Visit visit) override { co_return visit_now(reads, visit); }

  result<Rows> read_now(const Reads& reads) override {
    Rows rows;
    const result<void> done = visit_now(reads, [&rows](const Reads&, const View& view) -> result<void> {
      rows = lmdb::own(view);
      return {};
    });
    if (!done) return done.error();
    return rows;
  }

  awaitable<result<void>> submit(EngineChange change) override {
    auto start = [this, c = std::move(change)](lmdb::Answer answer) mutable {
      writer_.enqueue(std::move(c), std::move(answer));
    };
    co_return co_await offload<result<void>>(std::move(start));
  }

  void on_projects_changed(ProjectsHook hook) override { writer_.on_projects_changed(std::move(hook)); }

  result<void> inspect(const std::function<void(Snapshot&)>& visit) override {
    std::unique_ptr<Reader> reader;
    const int begun = readers_.begin(reader);
    if (begun != MDB_SUCCESS) return lmdb::read_error(begun);
    const ReaderPool::Lease lease(readers_, std::move(reader));
    LmdbSnapshot snapshot(lease, store_.dbi);
    try {
      visit(snapshot);
    } catch (const std::runtime_error&) {
      return errc::record_corrupt;
    }
    return {};
  }

  const Revisions* revisions() const noexcept override { return &writer_.revisions(); }

  void stop() override { writer_.stop(); }

  result<void> backup(const std::string& folder) override;

  Stats stats() const override {
    Stats stats;
    writer_.read(stats);
    MDB_envinfo info{};
    MDB_stat pages{};
    if (mdb_env_info(store_.env.get(), &info) != MDB_SUCCESS) return stats;
    if (mdb_env_stat(store_.env.get(), &pages) != MDB_SUCCESS) return stats;
    stats.size_limit_bytes = info.me_mapsize;
    stats.size_bytes = (info.me_last_pgno + 1) * pages.ms_psize;
    return stats;
  }

 private:
  result<void> visit_now(const Reads& reads, const Visit& visit) {
    std::unique_ptr<Reader> reader;
    const int begun = readers_.begin(reader);
    if (begun != MDB_SUCCESS) return lmdb::read_error(begun);
    const ReaderPool::Lease lease(readers_, std::move(reader));
    const lmdb::ScratchView view;
    const int code = lmdb::fetch(lease.cursor(), reads, *view);
    if (code != MDB_SUCCESS) return lmdb::read_error(code);
    return visit(reads, *view);
  }

  lmdb::Environment store_;
  ReaderPool readers_;
  lmdb::Writer writer_;
};

error backup_error(int code) noexcept {
  return lmdb::is_full(code) ? error{errc::storage_full} : error{errc::general_server_error};
}

/// The copy gets its name only when it is whole and on disk, so an interrupted backup never looks like one.
result<void> LmdbEngine::backup(const std::string& folder) {
  const std::filesystem::path into = folder;
  const std::filesystem::path file = into / "data.mdb";
  const std::filesystem::path unfinished = into / "data.mdb.unfinished";
  std::error_code failed;
  std::filesystem::create_directories(into, failed);
  if (failed) return backup_error(failed.value());
  if (std::filesystem::exists(file, failed)) return error{errc::general_argument_invalid, "folder"};
  const Descriptor out(::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (out.get() < 0) return backup_error(errno);
  int code = mdb_env_copyfd2(store_.env.get(), out.get(), MDB_CP_COMPACT);
  if (code == 0 && ::fsync(out.get()) != 0) code = errno;
  if (code == 0 && ::rename(unfinished.c_str(), file.c_str()) != 0) code = errno;
  if (code != 0) {
    ::unlink(unfinished.c_str());
    return backup_error(code);
  }
  const Descriptor names(::open(into.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (names.get() < 0 || ::fsync(names.get()) != 0) return backup_error(errno);
  return {};
}

}  // namespace

std::unique_ptr<Engine> open_lmdb(const LmdbOptions& options) { return std::make_unique<LmdbEngine>(options); }

}  // namespace portcullis::storage
