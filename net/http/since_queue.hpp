#pragma once
// The connections of one reactor in the order in which they entered a state, and since when the oldest is in it. On the
// reactor's thread, except oldest().

#include <atomic>
#include <boost/intrusive/list.hpp>

#include "core/clock.hpp"

namespace portcullis::http {

/// The base of the items of a queue with this tag: its links, and when it was pushed.
template <class Tag>
struct Since : boost::intrusive::list_base_hook<boost::intrusive::tag<Tag>> {
  Steady since{};
};

/// Owns nothing; items must be removed before they are destroyed.
template <class T, class Tag>
class SinceQueue {
  using Hook = boost::intrusive::list_base_hook<boost::intrusive::tag<Tag>>;
  using List =
      boost::intrusive::list<T, boost::intrusive::base_hook<Hook>, boost::intrusive::constant_time_size<false>>;

 public:
  /// `now` is never before that of an earlier push.
  void push(T& item, Steady now) noexcept {
    static_cast<Since<Tag>&>(item).since = now;
    items_.push_back(item);
    if (&items_.front() == &item) publish();
  }
  void remove(T& item) noexcept {
    const bool was_first = &items_.front() == &item;
    items_.erase(items_.iterator_to(item));
    if (was_first) publish();
  }
  [[nodiscard]] static Steady since(const T& item) noexcept { return static_cast<const Since<Tag>&>(item).since; }
  /// Since when the oldest item is here; Steady::max() when there is none. Any thread.
  [[nodiscard]] Steady oldest() const noexcept { return Steady(Steady::duration(oldest_.load(relaxed))); }

  /// The oldest first.
  [[nodiscard]] typename List::iterator begin() noexcept { return items_.begin(); }
  [[nodiscard]] typename List::iterator end() noexcept { return items_.end(); }

 private:
  static constexpr auto relaxed = std::memory_order_relaxed;
  void publish() noexcept {
    const Steady first = items_.empty() ? Steady::max() : since(items_.front());
    oldest_.store(first.time_since_epoch().count(), relaxed);
  }
  List items_;
  std::atomic<Steady::duration::rep> oldest_{Steady::max().time_since_epoch().count()};
};

}  // namespace portcullis::http
