#include "bench/storm/wakes.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <chrono>

#include "bench/placement.hpp"
#include "core/scheduling.hpp"

namespace portcullis::bench {
namespace {

constexpr std::chrono::milliseconds between_wakes{10};

std::int64_t now_ns() { return std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count(); }

}  // namespace

WakeProbe::WakeProbe() {
  if (usable_processors() < 2 && !has_own_cores()) return;
  event_ = ::eventfd(0, EFD_CLOEXEC);
  if (event_ < 0) return;
  sleeper_ = std::thread([this] { sleep(); });
  waker_ = std::thread([this] { wake(); });
}

WakeProbe::~WakeProbe() {
  static_cast<void>(finish());
  if (event_ >= 0) ::close(event_);
}

Histogram WakeProbe::finish() {
  ended_ = true;
  if (waker_.joinable()) waker_.join();  // its last wake ends the sleeping thread
  if (sleeper_.joinable()) sleeper_.join();
  return taken_;
}

void WakeProbe::wake() {
  keep_to_processor(usable_processors() - 1);
  bool last = false;
  while (!last) {
    std::this_thread::sleep_for(between_wakes);
    last = ended_;
    sent_ns_ = now_ns();
    const std::uint64_t one = 1;
    if (::write(event_, &one, sizeof one) != sizeof one) return;
  }
}

void WakeProbe::sleep() {
  move_to_server_cores();
  keep_to_processor(0);
  ask_for_short_slices();
  std::uint64_t count = 0;
  while (!ended_ && ::read(event_, &count, sizeof count) == sizeof count)
    taken_.record(static_cast<std::uint64_t>(now_ns() - sent_ns_) / 1000);
}

}  // namespace portcullis::bench
