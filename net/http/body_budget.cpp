#include "net/http/body_budget.hpp"

#include <chrono>
#include <utility>
#include <vector>

#include "core/secret.hpp"

namespace portcullis::http {

namespace {

using namespace std::chrono_literals;

// A body is timely at this rate. While budget is left for all bodies, the rate does not matter.
constexpr double timely_bytes_a_second = 1024 * 1024;
constexpr auto pause = 250ms;  // a lost packet is retransmitted within this time

}  // namespace

std::size_t BodyBudget::free() const {
  const std::lock_guard lock(mutex_);
  return free_;
}

BodyShare::~BodyShare() { shrink(0); }

bool BodyShare::hold(std::size_t bytes) {
  if (was_taken()) return false;
  if (size() == 0 && bytes <= BodyBudget::small_body) return true;
  return grow(bytes);
}

void BodyShare::lend(std::string& body) noexcept {
  if (size() == 0) return;
  const std::lock_guard lock(budget_.mutex_);
  body_ = &body;
  next_ = std::exchange(budget_.first_lent_, this);
  if (next_ != nullptr) next_->previous_ = this;
}

void BodyShare::keep() noexcept {
  if (size() == 0) return;
  const std::lock_guard lock(budget_.mutex_);
  take_back();
}

bool BodyShare::resize(std::size_t bytes) {
  if (bytes > BodyBudget::small_tree && bytes > size()) return grow(bytes);
  shrink(bytes > BodyBudget::small_tree ? bytes : 0);
  return true;
}

void BodyShare::shrink(std::size_t bytes) noexcept {
  if (bytes >= size()) return;
  const std::lock_guard lock(budget_.mutex_);
  take_back();
  budget_.free_ += size_.exchange(bytes) - bytes;
}

bool BodyShare::grow(std::size_t bytes) {
  std::vector<std::string> evicted;  // wiped after the lock is released
  const bool grown = [&] {
    const std::lock_guard lock(budget_.mutex_);
    take_back();
    if (was_taken()) return false;
    if (bytes <= size()) return true;
    const Steady now = budget_.clock_.steady();
    if (size() == 0) since_ = now;
    const std::size_t more = bytes - size();
    while (budget_.free_ < more) {
      BodyShare* const other = dearest_slow(now);
      if (other == nullptr || (is_slow(now) && other->cost(now) <= cost(now))) return false;
      evicted.emplace_back().swap(*other->body_);
      other->give_up();
    }
    budget_.free_ -= more;
    size_ = bytes;
    return true;
  }();
  for (std::string& body : evicted) wipe(body);
  return grown;
}

bool BodyShare::is_slow(Steady now) const noexcept {
  const std::chrono::duration<double> due(static_cast<double>(size()) / timely_bytes_a_second);
  return now - since_ > pause + due;
}

double BodyShare::cost(Steady now) const noexcept {
  const std::chrono::duration<double> held = now - since_;
  return static_cast<double>(size()) * held.count();
}

BodyShare* BodyShare::dearest_slow(Steady now) const noexcept {
  BodyShare* found = nullptr;
  for (BodyShare* each = budget_.first_lent_; each != nullptr; each = each->next_)
    if (each->is_slow(now) && (found == nullptr || each->cost(now) > found->cost(now))) found = each;
  return found;
}

void BodyShare::give_up() noexcept {
  take_back();
  taken_ = true;
  budget_.free_ += size_.exchange(0);
}

void BodyShare::take_back() noexcept {
  if (body_ == nullptr) return;
  body_ = nullptr;
  if (next_ != nullptr) next_->previous_ = previous_;
  (previous_ != nullptr ? previous_->next_ : budget_.first_lent_) = next_;
  next_ = previous_ = nullptr;
}

}  // namespace portcullis::http
