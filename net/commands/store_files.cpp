#include "net/commands/store_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "core/json/writer.hpp"
#include "net/actions/seal_key.hpp"
#include "net/commands/arguments.hpp"
#include "storage/check.hpp"
#include "storage/open.hpp"
#include "storage/owner_lock.hpp"

namespace portcullis::commands {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t copy_bytes = 1 << 20;

/// An open file that closes itself.
class File {
 public:
  File(const fs::path& path, int flags) : fd_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {
    if (fd_ < 0) throw std::system_error(errno, std::generic_category(), path.string());
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() { ::close(fd_); }
  [[nodiscard]] int fd() const noexcept { return fd_; }

 private:
  int fd_;
};

void flush(const fs::path& path) {
  const File file(path, O_RDONLY);
  if (::fsync(file.fd()) != 0) throw std::system_error(errno, std::generic_category(), path.string());
}

/// Copies into a new 0600 file and flushes it.
void copy_flushed(const fs::path& from, const fs::path& to) {
  const File in(from, O_RDONLY);
  const File out(to, O_WRONLY | O_CREAT | O_EXCL);
  std::string buffer(copy_bytes, '\0');
  for (;;) {
    const ssize_t got = ::read(in.fd(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw std::system_error(errno, std::generic_category(), from.string());
    if (got == 0) break;
    for (ssize_t done = 0; done < got;) {
      const ssize_t put = ::write(out.fd(), buffer.data() + done, static_cast<std::size_t>(got - done));
      if (put < 0 && errno != EINTR) throw std::system_error(errno, std::generic_category(), to.string());
      if (put > 0) done += put;
    }
  }
  wipe(buffer);  // it may hold the sealing key
  if (::fsync(out.fd()) != 0) throw std::system_error(errno, std::generic_category(), to.string());
}

/// Creates the folder with mode 0700 unless it exists; false when it is not empty.
bool empty_folder(const fs::path& folder) {
  std::error_code failed;
  if (fs::exists(folder, failed)) return fs::is_directory(folder, failed) && fs::is_empty(folder, failed) && !failed;
  if (folder.has_parent_path()) fs::create_directories(folder.parent_path());
  if (::mkdir(folder.c_str(), 0700) != 0) throw std::system_error(errno, std::generic_category(), folder.string());
  return true;
}

/// What a backup contains besides the sealing key; lock files and sockets belong to a running process.
bool belongs_to_store(const fs::directory_entry& entry) {
  const std::string name = entry.path().filename().string();
  return entry.is_regular_file() && name.find("lock") == std::string::npos && name != seal_key_name;
}

void write_report(json::Writer& out, const storage::CheckReport& report) {
  const std::array<std::pair<const char*, std::uint64_t>, 9> counts{{{"records", report.records},
                                                                     {"projects", report.projects},
                                                                     {"users", report.users},
                                                                     {"sessions", report.sessions},
                                                                     {"expiredSessions", report.expired_sessions},
                                                                     {"targets", report.targets},
                                                                     {"apiKeys", report.api_keys},
                                                                     {"removedRows", report.removed_rows},
                                                                     {"problemCount", report.problem_count}}};
  for (const auto& [name, count] : counts) out.field(name, static_cast<std::int64_t>(count));
  out.key("problems");
  out.begin_array();
  for (const std::string& problem : report.problems) out.string(problem);
  out.end_array();
}

}  // namespace

Outcome check_store(storage::Engine& engine, const std::function<void(std::uint64_t)>& progress, Time now) {
  const result<storage::CheckReport> report = storage::check(engine, progress, now);
  if (!report) return refused(report.error());
  std::string body;
  json::Writer out(body);
  out.begin_object();
  out.field("ok", report->problem_count == 0);
  write_report(out, *report);
  out.end_object();
  return answered(std::move(body));
}

Outcome backup_store(storage::Engine& engine, const Config& config, const BackupOrder& order) {
  try {
    if (!order.to.is_absolute()) return refused("usage", "to must be an absolute path");
    if (order.with_seal_key && !seal_key_fits(engine, config))
      return refused("usage", seal_key_path(config).string() +
                                  " is not the key that this store is sealed with; a backup with it could not be used");
    if (!empty_folder(order.to)) return refused("usage", order.to.string() + " is not an empty folder");
    const result<void> copied = engine.backup(order.to.string());
    if (!copied && copied.error().code == errc::storage_full)
      return refused("storage_full", "no room is left on the disk of " + order.to.string() +
                                         ": make room there or name a folder elsewhere, and try again; the store "
                                         "itself goes on");
    if (!copied) return refused(copied.error());
    if (order.with_seal_key) copy_flushed(seal_key_path(config), order.to / seal_key_name);
    std::uint64_t bytes = 0;
    for (const fs::directory_entry& entry : fs::directory_iterator(order.to)) {
      fs::permissions(entry.path(), fs::perms::owner_read | fs::perms::owner_write);
      flush(entry.path());
      bytes += entry.file_size();
    }
    flush(order.to);
    std::string body;
    json::Writer out(body);
    out.begin_object();
    out.field("folder", order.to.string());
    out.field("bytes", static_cast<std::int64_t>(bytes));
    out.field("sealKey", order.with_seal_key);
    out.end_object();
    return answered(std::move(body));
  } catch (const std::system_error& failed) {
    return refused("storage", std::string(failed.what()) + "; what is in " + order.to.string() +
                                  " is no whole backup: empty it, or name another folder, and try again");
  } catch (const std::runtime_error& failed) {  // of the sealing key, before anything was copied
    return refused("usage", failed.what());
  }
}

Outcome restore_store(const RestoreOrder& order, const std::function<void(std::uint64_t)>& progress) {
  try {
    if (!fs::is_directory(order.from)) return refused("usage", order.from.string() + " is not a folder");
    if (!empty_folder(order.data)) return refused("usage", order.data.string() + " is not an empty folder");
    const std::optional<storage::OwnerLock> lock = storage::OwnerLock::take(order.data);
    if (!lock) return refused("usage", order.data.string() + " is used by another process");
    const bool kept_elsewhere = !order.seal_key_file.empty();
    const fs::path key = kept_elsewhere ? order.seal_key_file : order.from / seal_key_name;
    std::size_t files = 0;
    for (const fs::directory_entry& entry : fs::directory_iterator(order.from)) {
      if (!belongs_to_store(entry)) continue;
      copy_flushed(entry.path(), order.data / entry.path().filename());
      ++files;
    }
    if (files == 0) return refused("usage", order.from.string() + " holds no backup");
    const bool with_key = kept_elsewhere || fs::exists(key);
    if (with_key) copy_flushed(key, order.data / seal_key_name);
    flush(order.data);
    storage::OpenOptions options;
    options.folder = order.data;
    options.when_absent = storage::WhenAbsent::refuse;
    const std::unique_ptr<storage::Engine> engine = storage::open_store(options);
    Outcome outcome = check_store(*engine, progress, SystemClock{}.now());
    engine->stop();
    if (!outcome.ok) return outcome;
    outcome.body.insert(1, std::string("\"sealKey\":") + (with_key ? "true," : "false,"));
    return outcome;
  } catch (const std::exception& failed) {
    return refused("storage", std::string(failed.what()) + "; what is in " + order.data.string() +
                                  " is no whole store: empty it, or name another folder, and try again");
  }
}

}  // namespace portcullis::commands
