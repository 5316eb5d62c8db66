#pragma once
// Leaving a coroutine's thread and coming back: a worker gets a Completion and calls it once, from any thread; the
// coroutine resumes on its own executor, which is kept alive (outstanding work) until then.

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

namespace portcullis {

using boost::asio::awaitable;

/// Coroutines whose results are there, and that resume together: their threads are woken once for all of them. Each
/// wake-up from another thread costs several switches between the two, because Asio wakes under its lock.
class Resumptions {
 public:
  /// One waiting coroutine with its result.
  class Waiting {
   public:
    Waiting() = default;
    virtual ~Waiting() = default;
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;

   private:
    friend class Resumptions;
    [[nodiscard]] virtual const void* context() const = 0;  ///< equal for those that one thread, or pool, resumes
    /// Has all of them, the first is this one, resumed on this one's executor.
    virtual void post(Resumptions together) = 0;
    virtual void resume() = 0;  ///< on its context
    std::unique_ptr<Waiting> next_;
  };

  Resumptions() = default;
  Resumptions(Resumptions&& other) noexcept
      : first_(std::move(other.first_)),
        last_(std::exchange(other.last_, nullptr)),
        size_(std::exchange(other.size_, 0)) {}
  Resumptions& operator=(Resumptions&&) = delete;
  ~Resumptions();  ///< coroutines that were not posted are destroyed

  void add(std::unique_ptr<Waiting> waiting) noexcept;
  /// Resumes all that were added, in their order on each context. Throws when there is no memory for some of them, who
  /// are gone then, after the others.
  void post();

 private:
  template <class T>
  friend class Completion;
  /// On the context of all of them: a few, and then others there have a turn.
  void run();
  [[nodiscard]] std::unique_ptr<Waiting> take_first() noexcept;
  [[nodiscard]] Resumptions take_context(const void* context) noexcept;

  std::unique_ptr<Waiting> first_;
  Waiting* last_ = nullptr;
  std::size_t size_ = 0;
};

/// Handed to a worker; must be called exactly once. Owns the waiting coroutine.
template <class T>
class Completion {
 public:
  Completion() = default;
  void operator()(T value) {
    Resumptions alone;
    (*this)(std::move(value), alone);
    alone.post();
  }
  /// Resumes with what else is in `together`, once that is posted.
  void operator()(T value, Resumptions& together) {
    waiting_->value.emplace(std::move(value));
    together.add(std::move(waiting_));
  }
  explicit operator bool() const noexcept { return waiting_ != nullptr; }

 private:
  template <class U, class Start>
  friend awaitable<U> offload(Start start);

  struct Valued : Resumptions::Waiting {
    std::optional<T> value;
  };
  template <class Handler, class Executor>
  struct Resumes final : Valued {
    Resumes(Handler h, const Executor& e) : handler(std::move(h)), work(e) {}
    [[nodiscard]] const void* context() const override { return &work.get_executor().context(); }
    void post(Resumptions together) override {
      const boost::asio::executor_work_guard<Executor> kept(work);  // the context, until it has been woken
      boost::asio::post(kept.get_executor(), [all = std::move(together)]() mutable { all.run(); });
    }
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
    s(Completion<T>(std::make_unique<Resumes>(std::move(handler), executor)));
  };
  co_return co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void(T)>(
      std::move(initiate), boost::asio::use_awaitable);
}

}  // namespace portcullis
