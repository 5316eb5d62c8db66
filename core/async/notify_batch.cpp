#include "core/async/notify_batch.hpp"

#include <algorithm>

namespace portcullis {
namespace {

thread_local NotifyBatch* current = nullptr;

}  // namespace

void notify_after_batch(std::condition_variable& sleeper) noexcept {
  if (current == nullptr) return sleeper.notify_one();
  NotifyBatch& owes = *current;
  const auto end = owes.sleepers_.begin() + static_cast<std::ptrdiff_t>(owes.count_);
  if (std::find(owes.sleepers_.begin(), end, &sleeper) != end) return;
  if (owes.count_ == owes.sleepers_.size()) return sleeper.notify_one();
  owes.sleepers_[owes.count_++] = &sleeper;
}

void NotifyBatch::notify() noexcept {
  for (std::size_t i = 0; i < count_; ++i) sleepers_[i]->notify_one();
  count_ = 0;
}

NotifyBatch::Within::Within(NotifyBatch& batch) noexcept : outermost_(current == nullptr) {
  if (outermost_) current = &batch;
}

NotifyBatch::Within::~Within() {
  if (outermost_) current = nullptr;
}

}  // namespace portcullis
