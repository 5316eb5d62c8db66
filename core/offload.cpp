#include "core/offload.hpp"

#include <algorithm>
#include <exception>

#include "core/handful.hpp"

namespace portcullis {
namespace {

/// Resumed one after the other; then the thread looks at its sockets again. More of a long row, so that newer ones do
/// not hold up its end.
constexpr std::size_t usual_handful = 4;
constexpr std::size_t share_of_many = 8;

}  // namespace

Resumptions::~Resumptions() {
  while (first_) static_cast<void>(take_first());
}

void Resumptions::add(std::unique_ptr<Waiting> waiting) noexcept {
  Waiting* const added = waiting.get();
  (last_ ? last_->next_ : first_) = std::move(waiting);
  last_ = added;
  ++size_;
}

std::unique_ptr<Resumptions::Waiting> Resumptions::take_first() noexcept {
  std::unique_ptr<Waiting> taken = std::move(first_);
  first_ = std::move(taken->next_);
  if (!first_) last_ = nullptr;
  --size_;
  return taken;
}

Resumptions Resumptions::take_context(const void* context) noexcept {
  Resumptions taken;
  for (std::size_t left = size_; left > 0; --left) {
    std::unique_ptr<Waiting> next = take_first();
    (next->context() == context ? taken : *this).add(std::move(next));
  }
  return taken;
}

void Resumptions::post() {
  std::exception_ptr failed;
  while (first_) {
    Waiting& leads = *first_;
    try {
      leads.post(take_context(leads.context()));
    } catch (...) {
      failed = std::current_exception();
    }
  }
  if (failed) std::rethrow_exception(failed);
}

void Resumptions::run() {
  try {
    const Handful handful;
    for (std::size_t left = std::max(usual_handful, size_ / share_of_many); left > 0 && first_; --left)
      take_first()->resume();
  } catch (...) {  // no memory to resume one; what a coroutine throws goes to Asio
    post();
    throw;
  }
  post();
}

}  // namespace portcullis
