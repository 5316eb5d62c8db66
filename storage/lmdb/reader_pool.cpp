#include "storage/lmdb/reader_pool.hpp"

#include <functional>
#include <thread>
#include <utility>

namespace portcullis::storage::lmdb {

ReaderPool::~ReaderPool() {
  for (Slot& slot : slots_) delete slot.reader.exchange(nullptr);
}

/// Threads begin their search at different slots, so each mostly meets its own reader again.
std::size_t ReaderPool::home() noexcept {
  return std::hash<std::thread::id>{}(std::this_thread::get_id()) % slot_count;
}

int ReaderPool::begin(std::unique_ptr<Reader>& reader) {
  const std::size_t start = home();
  for (std::size_t i = 0; i < slot_count; ++i) {
    std::atomic<Reader*>& slot = slots_[(start + i) % slot_count].reader;
    if (slot.load(std::memory_order_relaxed) == nullptr) continue;
    std::unique_ptr<Reader> parked(slot.exchange(nullptr, std::memory_order_acquire));
    if (!parked) continue;
    int code = mdb_txn_renew(parked->txn.get());
    if (code == MDB_SUCCESS) code = mdb_cursor_renew(parked->txn.get(), parked->cursor.get());
    if (code != MDB_SUCCESS) return code;
    reader = std::move(parked);
    return MDB_SUCCESS;
  }
  auto fresh = std::make_unique<Reader>();
  MDB_txn* txn = nullptr;
  int code = mdb_txn_begin(env_, nullptr, MDB_RDONLY, &txn);
  if (code != MDB_SUCCESS) return code;
  fresh->txn.reset(txn);
  MDB_cursor* cursor = nullptr;
  code = mdb_cursor_open(txn, dbi_, &cursor);
  if (code != MDB_SUCCESS) return code;
  fresh->cursor.reset(cursor);
  reader = std::move(fresh);
  return MDB_SUCCESS;
}

void ReaderPool::park(std::unique_ptr<Reader> reader) noexcept {
  mdb_txn_reset(reader->txn.get());
  const std::size_t start = home();
  for (std::size_t i = 0; i < slot_count; ++i) {
    std::atomic<Reader*>& slot = slots_[(start + i) % slot_count].reader;
    Reader* empty = nullptr;
    if (slot.load(std::memory_order_relaxed) != nullptr) continue;
    if (slot.compare_exchange_strong(empty, reader.get(), std::memory_order_release, std::memory_order_relaxed)) {
      static_cast<void>(reader.release());
      return;
    }
  }
}

}  // namespace portcullis::storage::lmdb
