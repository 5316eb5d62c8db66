#pragma once
// The memory that large request bodies, and what is made of them, may take together. Bytes count as they come, not as
// they are announced. When there is no room for more, those lose who send slowly, and of them those who have held most
// for longest: who comes in time is never cut in the middle, and who does not cannot keep others out. Room: any thread.
// Share: its owner's thread.

#include <atomic>
#include <cstddef>
#include <mutex>
#include <string>

#include "core/clock.hpp"

namespace portcullis::http {

class BodyShare;

class BodyRoom {
 public:
  /// Up to here a body is part of what a connection is expected to take, and counts nowhere.
  static constexpr std::size_t small_body = 4096;
  /// The same for what is made of a body: no more than a few at a time, for it does not outlive the turn of its
  /// reactor.
  static constexpr std::size_t small_tree = 64 * 1024;

  BodyRoom(std::size_t bytes, const Clock& clock) noexcept : clock_(clock), free_(bytes) {}
  BodyRoom(const BodyRoom&) = delete;
  BodyRoom& operator=(const BodyRoom&) = delete;
  [[nodiscard]] std::size_t free() const;

 private:
  friend class BodyShare;
  const Clock& clock_;
  mutable std::mutex mutex_;
  std::size_t free_;
  BodyShare* first_lent_ = nullptr;
};

/// What one request holds of a room that outlives it.
class BodyShare {
 public:
  explicit BodyShare(BodyRoom& room) noexcept : room_(room) {}
  ~BodyShare();
  BodyShare(const BodyShare&) = delete;
  BodyShare& operator=(const BodyShare&) = delete;

  /// To be called before a body takes `bytes`; it is the owner's again. False when there is no room, or it was taken.
  [[nodiscard]] bool hold(std::size_t bytes);
  /// Until the next call a share that needs room may take this one, if it is slow: `body` is empty then. Called when
  /// the owner waits.
  void lend(std::string& body) noexcept;
  /// The body is its owner's again, who may look at it; nobody takes it.
  void keep() noexcept;
  /// A body that is kept becomes something else, of so many bytes. False when there is no room.
  [[nodiscard]] bool resize(std::size_t bytes);
  void give_back() noexcept { shrink(0); }
  /// What was lent was taken.
  [[nodiscard]] bool was_taken() const noexcept { return taken_.load(std::memory_order_acquire); }
  [[nodiscard]] std::size_t size() const noexcept { return size_.load(std::memory_order_acquire); }

 private:
  [[nodiscard]] bool grow(std::size_t bytes);
  void shrink(std::size_t bytes) noexcept;
  // Under the room's lock:
  [[nodiscard]] bool is_slow(Steady now) const noexcept;
  [[nodiscard]] double cost(Steady now) const noexcept;              ///< byte seconds
  [[nodiscard]] BodyShare* dearest_slow(Steady now) const noexcept;  ///< null: nobody is slow
  void give_up() noexcept;
  void take_back() noexcept;

  BodyRoom& room_;
  std::atomic<std::size_t> size_{0};  ///< changes under the room's lock
  std::atomic<bool> taken_{false};
  Steady since_{};               ///< when it first held something
  std::string* body_ = nullptr;  ///< while it is lent
  BodyShare* next_ = nullptr;
  BodyShare* previous_ = nullptr;
};

}  // namespace portcullis::http
