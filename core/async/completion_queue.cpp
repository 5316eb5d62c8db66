#include "core/async/completion_queue.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <system_error>
#include <utility>

namespace portcullis {
namespace {

/// Notifications of other threads that this many resumed coroutines cause are sent together, as one batch.
constexpr std::size_t batch_size = 4;
/// After each resumed coroutine the thread polls its sockets. With a long queue it does so after this part of the
/// queue, so that newer requests do not delay the end of the queue.
constexpr std::size_t share_of_many = 8;

}  // namespace

boost::asio::execution_context::id CompletionQueue::id;

CompletionQueue::CompletionQueue(boost::asio::execution_context& context)
    : service(context), io_(static_cast<boost::asio::io_context&>(context)), bell_(io_) {
  const int made = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (made < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
  boost::system::error_code failed;
  bell_.assign(made, failed);
  if (!failed) return;
  ::close(made);
  throw std::system_error(failed);
}

void CompletionQueue::open() {
  if (open_) return;
  listen();
  open_ = true;
}

void CompletionQueue::deliver(Completions arriving) {
  if (io_.get_executor().running_in_this_thread()) {
    pending_.add(std::move(arriving));
    if (!has_turn_) end_turn();
    return;
  }
  const auto kept = boost::asio::make_work_guard(io_);  // until the thread has been woken
  {
    const std::lock_guard lock(mutex_);
    arrived_.add(std::move(arriving));
  }
  // Also when the queue is not empty: the thread that added the others may have lost its processor before it signals.
  static_cast<void>(::eventfd_write(bell_.native_handle(), 1));  // fails only after 2^64 unread signals
}

/// Called before the services that the context had already when this one was made.
void CompletionQueue::shutdown() noexcept {
  boost::system::error_code ignored;
  bell_.close(ignored);
  Completions gone;
  {
    const std::lock_guard lock(mutex_);
    gone.add(std::move(arrived_));
  }
  gone.add(std::move(pending_));
}

/// Waits for the eventfd. Asio counts a pending operation as work of the context, so this one is subtracted. Where a
/// signal is there already, the count of outstanding work may reach 0 here: then the context has nothing left to run.
void CompletionQueue::listen() {
  bell_.async_read_some(boost::asio::buffer(&rings_, sizeof rings_),
                        [this](const boost::system::error_code& failed, std::size_t) {
                          io_.get_executor().on_work_started();
                          open_ = false;
                          if (!failed) receive();
                        });
  io_.get_executor().on_work_finished();
}

void CompletionQueue::receive() {
  {
    const std::lock_guard lock(mutex_);
    pending_.add(std::move(arrived_));
  }
  try {
    open();        // first, in the memory that the last operation has freed
  } catch (...) {  // the next coroutine that waits for a result tries again
    if (!has_turn_) end_turn();
    throw;
  }
  if (!has_turn_) end_turn();
}

void CompletionQueue::take_turn() {
  has_turn_ = true;
  try {
    const NotifyBatch::Within within(batch_);
    for (std::size_t left = std::max<std::size_t>(1, pending_.size() / share_of_many); left > 0 && pending_.size() > 0;
         --left) {
      ++in_batch_;
      pending_.resume_first();
    }
  } catch (...) {  // no memory to resume one of them; exceptions of coroutines go to Asio
    end_turn();
    throw;
  }
  end_turn();
}

/// Other handlers of this thread run before the next turn, and what has arrived at its sockets.
void CompletionQueue::end_turn() {
  has_turn_ = pending_.size() > 0;
  if (!has_turn_ || in_batch_ >= batch_size) {
    batch_.notify();
    in_batch_ = 0;
  }
  if (!has_turn_) return;
  try {
    boost::asio::post(io_, [this] { take_turn(); });
  } catch (...) {
    has_turn_ = false;
    batch_.notify();
    pending_.clear();
    throw;
  }
}

}  // namespace portcullis
