#include "core/async/completions.hpp"

#include <exception>

#include "core/async/completion_queue.hpp"

namespace portcullis {

void Resumptions::clear() noexcept {
  while (first_) static_cast<void>(take_first());  // one by one: a long list would recurse
}

void Resumptions::add(std::unique_ptr<Waiting> waiting) noexcept {
  Waiting* const added = waiting.get();
  (last_ ? last_->next_ : first_) = std::move(waiting);
  last_ = added;
  ++size_;
}

void Resumptions::add(Resumptions others) noexcept {
  if (!others.first_) return;
  (last_ ? last_->next_ : first_) = std::move(others.first_);
  last_ = std::exchange(others.last_, nullptr);
  size_ += std::exchange(others.size_, 0);
}

void Resumptions::resume_first() { take_first()->resume(); }

std::unique_ptr<Resumptions::Waiting> Resumptions::take_first() noexcept {
  std::unique_ptr<Waiting> taken = std::move(first_);
  first_ = std::move(taken->next_);
  if (!first_) last_ = nullptr;
  --size_;
  return taken;
}

Resumptions Resumptions::take_all_of(const Inbox& inbox) noexcept {
  Resumptions taken;
  for (std::size_t left = size_; left > 0; --left) {
    std::unique_ptr<Waiting> next = take_first();
    (&next->inbox_ == &inbox ? taken : *this).add(std::move(next));
  }
  return taken;
}

void Resumptions::post() {
  std::exception_ptr failed;
  while (first_) {
    Inbox& inbox = first_->inbox_;
    try {
      inbox.deliver(take_all_of(inbox));
    } catch (...) {
      failed = std::current_exception();
    }
  }
  if (failed) std::rethrow_exception(failed);
}

}  // namespace portcullis
