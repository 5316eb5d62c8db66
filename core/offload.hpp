#pragma once
// Leaving a coroutine's thread and coming back: a worker gets a Completion and calls it once, from any thread; the
// coroutine resumes on its own executor, which is kept alive (outstanding work) until then.

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <utility>

namespace portcullis {

using boost::asio::awaitable;

/// Handed to a worker; must be called exactly once. Owns the waiting coroutine.
template <class T>
class Completion {
 public:
  Completion() = default;
  void operator()(T value) {
    const std::unique_ptr<Waiting> waiting = std::move(waiting_);
    waiting->complete(std::move(value));
  }
  explicit operator bool() const noexcept { return waiting_ != nullptr; }

 private:
  template <class U, class Start>
  friend awaitable<U> offload(Start start);

  struct Waiting {
    virtual ~Waiting() = default;
    virtual void complete(T value) = 0;
  };
  template <class Handler, class Executor>
  struct Resumes final : Waiting {
    Resumes(Handler h, const Executor& e) : handler(std::move(h)), work(e) {}
    void complete(T value) override {
      auto resume = [h = std::move(handler), v = std::move(value)]() mutable { std::move(h)(std::move(v)); };
      boost::asio::post(work.get_executor(), std::move(resume));
    }
    Handler handler;
    boost::asio::executor_work_guard<Executor> work;
  };
  explicit Completion(std::unique_ptr<Waiting> w) : waiting_(std::move(w)) {}
  std::unique_ptr<Waiting> waiting_;
};

/// Runs `start(Completion<T>)` on the calling thread and waits for the completion. Name the closure and move it in.
template <class T, class Start>
[[nodiscard]] awaitable<T> offload(Start start) {
  auto initiate = [s = std::move(start)](auto handler) mutable {
    using Handler = decltype(handler);
    const auto executor = boost::asio::get_associated_executor(handler);  // before the handler moves
    using Executor = std::remove_const_t<decltype(executor)>;
    using Resumes = typename Completion<T>::template Resumes<Handler, Executor>;
    s(Completion<T>(std::make_unique<Resumes>(std::move(handler), executor)));
  };
  co_return co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void(T)>(
      std::move(initiate), boost::asio::use_awaitable);
}

}  // namespace portcullis
