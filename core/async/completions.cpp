#include "core/async/completions.hpp"

#include <exception>

#include "core/async/completion_queue.hpp"

namespace portcullis {

void Completions::clear() noexcept {
  while (first_) static_cast<void>(take_first());  // one by one: a long list would recurse
}

void Completions::add(std::unique_ptr<Waiting> waiting) noexcept {
  Waiting* const added = waiting.get();
  (last_ ? last_->next_ : first_) = std::move(waiting);
  last_ = added;
  ++size_;
}

void Completions::add(Completions others) noexcept {
  if (!others.first_) return;
  (last_ ? last_->next_ : first_) = std::move(others.first_);
  last_ = std::exchange(others.last_, nullptr);
  size_ += std::exchange(others.size_, 0);
}

void Completions::resume_first() { take_first()->resume(); }

std::unique_ptr<Completions::Waiting> Completions::take_first() noexcept {
  std::unique_ptr<Waiting> taken = std::move(first_);
  first_ = std::move(taken->next_);
  if (!first_) last_ = nullptr;
  --size_;
  return taken;
}

Completions Completions::take_all_of(const CompletionQueue& queue) noexcept {
  Completions taken;
  for (std::size_t left = size_; left > 0; --left) {
    std::unique_ptr<Waiting> next = take_first();
    (&next->queue_ == &queue ? taken : *this).add(std::move(next));
  }
  return taken;
}

void Completions::post() {
  std::exception_ptr failed;
  while (first_) {
    CompletionQueue& queue = first_->queue_;
    try {
      queue.deliver(take_all_of(queue));
    } catch (...) {
      failed = std::current_exception();
    }
  }
  if (failed) std::rethrow_exception(failed);
}

}  // namespace portcullis
