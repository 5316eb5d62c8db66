#include "core/offload.hpp"

#include "core/handful.hpp"

namespace portcullis {
namespace {

/// Resumed one after the other; then the thread looks at its sockets again.
constexpr int most_in_a_handful = 4;

}  // namespace

Resumptions::~Resumptions() {
  while (first_) static_cast<void>(take_first());
}

void Resumptions::add(std::unique_ptr<Waiting> waiting) noexcept {
  Waiting* const added = waiting.get();
  (last_ ? last_->next_ : first_) = std::move(waiting);
  last_ = added;
}

std::unique_ptr<Resumptions::Waiting> Resumptions::take_first() noexcept {
  std::unique_ptr<Waiting> taken = std::move(first_);
  first_ = std::move(taken->next_);
  if (!first_) last_ = nullptr;
  return taken;
}

Resumptions Resumptions::take_context(const void* context) noexcept {
  Resumptions taken, left;
  while (first_) {
    std::unique_ptr<Waiting> next = take_first();
    (next->context() == context ? taken : left).add(std::move(next));
  }
  first_ = std::move(left.first_);
  last_ = std::exchange(left.last_, nullptr);
  return taken;
}

void Resumptions::post() {
  while (first_) {
    Waiting& leads = *first_;
    leads.post(take_context(leads.context()));
  }
}

void Resumptions::run() {
  const Handful handful;
  try {
    for (int i = 0; i < most_in_a_handful && first_; ++i) take_first()->resume();
  } catch (...) {
    post();
    throw;
  }
  post();
}

}  // namespace portcullis
