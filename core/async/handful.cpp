#include "core/async/handful.hpp"

#include <algorithm>

namespace portcullis {
namespace {

thread_local Handful* current = nullptr;

}  // namespace

void notify_after_handful(std::condition_variable& sleeper) noexcept {
  if (current == nullptr) return sleeper.notify_one();
  Handful& owes = *current;
  const auto end = owes.sleepers_.begin() + static_cast<std::ptrdiff_t>(owes.count_);
  if (std::find(owes.sleepers_.begin(), end, &sleeper) != end) return;
  if (owes.count_ == owes.sleepers_.size()) return sleeper.notify_one();
  owes.sleepers_[owes.count_++] = &sleeper;
}

void Handful::notify() noexcept {
  for (std::size_t i = 0; i < count_; ++i) sleepers_[i]->notify_one();
  count_ = 0;
}

Handful::Within::Within(Handful& handful) noexcept : outermost_(current == nullptr) {
  if (outermost_) current = &handful;
}

Handful::Within::~Within() {
  if (outermost_) current = nullptr;
}

}  // namespace portcullis
