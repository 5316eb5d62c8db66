#pragma once
// Leaving a coroutine's thread and returning to it: a worker gets a Completion and calls it once, from any thread; the
// coroutine resumes on its own executor, which is kept alive (outstanding work) until then.

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <optional>
#include <utility>

#include "core/async/completion_queue.hpp"
#include "core/async/completions.hpp"

namespace portcullis {

using boost::asio::awaitable;

/// Given to a worker, which must call it exactly once. Owns the waiting coroutine.
template <class T>
class Completion {
 public:
  Completion() = default;
  void operator()(T value) {
    Completions alone;
    (*this)(std::move(value), alone);
    alone.post();
  }
  /// Adds the coroutine to `together`; it resumes when that is posted.
  void operator()(T value, Completions& together) {
    waiting_->value.emplace(std::move(value));
    together.add(std::move(waiting_));
  }
  explicit operator bool() const noexcept { return waiting_ != nullptr; }

 private:
  template <class U, class Start>
  friend awaitable<U> offload(Start start);

  struct Valued : Completions::Waiting {
    using Waiting::Waiting;
    std::optional<T> value;
  };
  template <class Handler, class Executor>
  struct Resumes final : Valued {
    Resumes(Handler h, const Executor& e, CompletionQueue& queue) : Valued(queue), handler(std::move(h)), work(e) {}
    void resume() override {
      auto last = [h = std::move(handler), v = std::move(*this->value)]() mutable { std::move(h)(std::move(v)); };
      boost::asio::dispatch(work.get_executor(), std::move(last));
    }
    Handler handler;
    boost::asio::executor_work_guard<Executor> work;
  };
  explicit Completion(std::unique_ptr<Valued> w) : waiting_(std::move(w)) {}
  std::unique_ptr<Valued> waiting_;
};

/// Runs `start(Completion<T>)` on the calling thread and waits for the completion. Name the closure and move it in.
template <class T, class Start>
[[nodiscard]] awaitable<T> offload(Start start) {
  auto initiate = [s = std::move(start)](auto handler) mutable {
    using Handler = decltype(handler);
    const auto executor = boost::asio::get_associated_executor(handler);  // before the handler moves
    using Executor = std::remove_const_t<decltype(executor)>;
    using Resumes = typename Completion<T>::template Resumes<Handler, Executor>;
    CompletionQueue& queue = boost::asio::use_service<CompletionQueue>(executor.context());
    queue.open();
    s(Completion<T>(std::make_unique<Resumes>(std::move(handler), executor, queue)));
  };
  co_return co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void(T)>(
      std::move(initiate), boost::asio::use_awaitable);
}

}  // namespace portcullis
