#include "storage/owner_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "core/file_mode.hpp"

namespace portcullis::storage {
namespace {

std::filesystem::path lock_file(const std::filesystem::path& folder) { return folder / "lock"; }

[[noreturn]] void refuse(const std::filesystem::path& path, int code) {
  throw std::runtime_error("cannot use " + path.string() + ": " + std::generic_category().message(code));
}

/// Creates the folder, with those above it, so that only its owner can look inside.
void make_private_folder(const std::filesystem::path& folder) {
  std::error_code failed;
  if (std::filesystem::is_directory(folder, failed)) return;
  const std::filesystem::path above = std::filesystem::absolute(folder).parent_path();
  std::filesystem::create_directories(above, failed);
  if (failed) refuse(above, failed.value());
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) refuse(folder, errno);
  if (!std::filesystem::is_directory(folder, failed)) refuse(folder, ENOTDIR);
}

/// A folder that others may look into is closed to them where it is a store's or empty. One that holds anything else is
/// refused, for it is somebody's: `--data /tmp` must not close that.
void keep_private(const std::filesystem::path& folder) {
  if (bits_for_others(folder) == 0) return;
  std::error_code failed;
  const bool is_ours =
      std::filesystem::exists(folder / "data.mdb", failed) || std::filesystem::is_empty(folder, failed);
  const bool is_shared = (std::filesystem::status(folder, failed).permissions() & std::filesystem::perms::sticky_bit) !=
                         std::filesystem::perms::none;
  if (is_ours && !is_shared && close_to_others(folder)) return;
  throw std::runtime_error("the data folder " + folder.string() +
                           " is open to others; chmod it to 0700, or name a new folder inside it");
}

void write_pid(int fd) {
  const std::string text = std::to_string(::getpid()) + "\n";
  // The lock is the flock, not the text: a pid that could not be written (full disk) costs only a clearer message.
  if (::ftruncate(fd, 0) == 0) static_cast<void>(::pwrite(fd, text.data(), text.size(), 0) == 0);
}

}  // namespace

std::optional<OwnerLock> OwnerLock::take(const std::filesystem::path& folder) {
  make_private_folder(folder);
  keep_private(folder);
  const std::filesystem::path path = lock_file(folder);
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) refuse(path, errno);
  OwnerLock lock(fd);
  int locked = 0;
  do locked = ::flock(fd, LOCK_EX | LOCK_NB);
  while (locked != 0 && errno == EINTR);
  if (locked != 0 && errno == EWOULDBLOCK) return std::nullopt;
  if (locked != 0) refuse(path, errno);
  write_pid(fd);
  return lock;
}

std::optional<int> OwnerLock::owner(const std::filesystem::path& folder) {
  const int fd = ::open(lock_file(folder).c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return std::nullopt;
  char bytes[16];
  const ssize_t size = ::read(fd, bytes, sizeof bytes);
  ::close(fd);
  if (size <= 0) return std::nullopt;
  int pid = 0;
  const std::from_chars_result parsed = std::from_chars(bytes, bytes + size, pid);
  if (parsed.ec != std::errc{} || pid <= 0) return std::nullopt;
  return pid;
}

OwnerLock::OwnerLock(OwnerLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

OwnerLock::~OwnerLock() {
  if (fd_ >= 0) ::close(fd_);  // the file stays: removing it would let two processes lock two files of one name
}

}  // namespace portcullis::storage
