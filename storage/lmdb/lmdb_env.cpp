#include "storage/lmdb/lmdb_env.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>
#include <string>
#include <system_error>

#include "core/file_mode.hpp"
#include "storage/codec.hpp"
#include "storage/format.hpp"

namespace portcullis::storage::lmdb {
namespace {

constexpr std::uint64_t gib = std::uint64_t{1} << 30;
constexpr std::array<std::uint64_t, 6> map_steps = {1024 * gib, 256 * gib, 64 * gib, 16 * gib, 4 * gib, gib};

// Sanitizers keep most of the address space for their shadow memory.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::uint64_t map_ceiling = gib;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr std::uint64_t map_ceiling = gib;
#else
constexpr std::uint64_t map_ceiling = map_steps.front();
#endif
#else
constexpr std::uint64_t map_ceiling = map_steps.front();
#endif

[[noreturn]] void refuse(const std::filesystem::path& where, const std::string& why) {
  throw std::runtime_error("the store in " + where.string() + " cannot be opened: " + why);
}

std::string words(int code) {
  if (code == MDB_INVALID || code == MDB_CORRUPTED || code == MDB_PAGE_NOTFOUND)
    return "data.mdb is not a store, or is damaged";
  if (code == MDB_VERSION_MISMATCH) return "data.mdb was written by another version of its file format";
  if (code == ENOMEM) return "no address space for its map (is there a limit on virtual memory?)";
  if (is_full(code)) return words_of(code) + "; make room on its disk and start again";
  return words_of(code);
}

void expect(int code, const std::filesystem::path& folder) {
  if (code != MDB_SUCCESS) refuse(folder, words(code));
}

/// New names in a folder outlive a power cut only once the folder itself is flushed.
void flush_folder(const std::filesystem::path& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) refuse(folder, std::generic_category().message(errno));
  const int code = ::fsync(fd) == 0 ? 0 : errno;
  ::close(fd);
  if (code != 0 && code != EINVAL) refuse(folder, std::generic_category().message(code));
}

void make_folder(const std::filesystem::path& folder) {
  std::error_code failed;
  if (!std::filesystem::create_directories(folder, failed)) {
    if (failed) refuse(folder, failed.message());
    return;
  }
  std::filesystem::permissions(folder, std::filesystem::perms::owner_all, failed);
  if (failed) refuse(folder, failed.message());
  flush_folder(std::filesystem::absolute(folder).parent_path());
}

/// What others could write is not believed; what they could only read is closed to them.
void keep_private(const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / "data.mdb";
  const auto bits = bits_for_others(file);
  if ((bits & write_bits) != 0)
    refuse(folder, "others may write data.mdb; chmod it to 0600 if it can be trusted still, or restore a backup");
  if (bits != 0 && !close_to_others(file)) refuse(folder, "data.mdb is open to others; chmod it to 0600");
}

/// The head record decides: absent in an empty store (it is written), absent beside others (not ours), newer (refused).
void settle_head(MDB_txn* txn, MDB_dbi dbi, const LmdbOptions& options) {
  const std::string key = keys::meta();
  MDB_val name = to_val(key);
  MDB_val value{};
  const int found = mdb_get(txn, dbi, &name, &value);
  if (found == MDB_SUCCESS) {
    const result<Meta> meta = codec::read<Meta>(Row{key, to_view(value)});
    if (!meta) refuse(options.folder, "its head record is damaged, or data.mdb is not a Portcullis store");
    if (meta->format > store_format)
      refuse(options.folder, "it has format " + std::to_string(meta->format) + " and this program knows only up to " +
                                 std::to_string(store_format) + "; use a newer program");
    return;
  }
  if (found != MDB_NOTFOUND) refuse(options.folder, words(found));
  MDB_stat stat{};
  expect(mdb_stat(txn, dbi, &stat), options.folder);
  unsigned flags = 0;
  expect(mdb_dbi_flags(txn, dbi, &flags), options.folder);
  if (stat.ms_entries != 0 || flags != 0) refuse(options.folder, "data.mdb is not a Portcullis store");
  const Put head = codec::put(key, Meta{});
  MDB_val bytes = to_val(head.value);
  expect(mdb_put(txn, dbi, &name, &bytes, 0), options.folder);
}

}  // namespace

std::uint64_t reservable_map(std::uint64_t wanted) {
  const std::uint64_t bound = std::min(wanted, map_ceiling);
  rlimit limit{};
  const bool limited = ::getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
  for (const std::uint64_t size : map_steps) {
    if (size > bound) continue;
    if (limited && size > limit.rlim_cur / 2) continue;  // the program itself needs address space, too
    void* at = ::mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (at == MAP_FAILED) continue;
    ::munmap(at, size);
    return size;
  }
  const std::uint64_t smallest = limited ? std::max<std::uint64_t>(limit.rlim_cur / 4, gib / 64) : gib;
  return std::min(bound, smallest);
}

Environment open_environment(const LmdbOptions& options) {
  const std::filesystem::path file = options.folder / "data.mdb";
  std::error_code ignored;
  const bool exists = std::filesystem::exists(file, ignored);
  if (!exists && !options.create) refuse(options.folder, "there is no store in that folder");
  if (options.create) make_folder(options.folder);
  if (exists) keep_private(options.folder);

  MDB_env* raw = nullptr;
  expect(mdb_env_create(&raw), options.folder);
  Environment store{Env(raw), 0};
  expect(mdb_env_set_mapsize(raw, reservable_map(options.max_map_bytes)), options.folder);
  expect(mdb_env_set_maxreaders(raw, options.readers), options.folder);
  // NOTLS: a reader belongs to its transaction, so parked ones can be lent to any thread. NORDAHEAD: lookups are
  // random. Not NOMEMINIT (unused bytes of pages would carry old heap contents to disk), not NOSYNC or WRITEMAP: see
  // writer.cpp.
  expect(mdb_env_open(raw, options.folder.c_str(), MDB_NOTLS | MDB_NORDAHEAD, 0600), options.folder);
  int stale = 0;
  expect(mdb_reader_check(raw, &stale), options.folder);

  MDB_txn* begun = nullptr;
  expect(mdb_txn_begin(raw, nullptr, 0, &begun), options.folder);
  Txn txn(begun);
  expect(mdb_dbi_open(begun, nullptr, 0, &store.dbi), options.folder);
  settle_head(begun, store.dbi, options);
  expect(mdb_txn_commit(txn.release()), options.folder);
  if (!exists) flush_folder(options.folder);
  return store;
}

bool is_full(int code) noexcept {
  return code == MDB_MAP_FULL || code == MDB_TXN_FULL || code == ENOSPC || code == EDQUOT || code == EFBIG;
}

std::string words_of(int code) {
  return code > 0 ? std::generic_category().message(code) : std::string(mdb_strerror(code));
}

error read_error(int code) noexcept {
  if (code == MDB_READERS_FULL || code == ENOMEM) return {errc::server_busy, nullptr, nullptr};
  if (code == MDB_CORRUPTED || code == MDB_PAGE_NOTFOUND || code == MDB_INVALID) return errc::record_corrupt;
  return errc::general_unknown;
}

}  // namespace portcullis::storage::lmdb
