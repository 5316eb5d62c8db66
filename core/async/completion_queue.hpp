#pragma once
// Where other threads put coroutines that an io_context's thread is to resume.
// Asio's own post() wakes the context's thread while it holds the lock that this thread takes next. When the posting
// thread is niced, as hash threads are, and on the same processor, the woken thread preempts it at once, finds the lock
// held, and sleeps until the holder runs again, which may be after another hash thread. That took a millisecond in
// which the context answered nobody. Here no lock is held when the thread is woken.

#include <boost/asio/execution_context.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstddef>
#include <cstdint>
#include <mutex>

#include "core/async/completions.hpp"
#include "core/async/notify_batch.hpp"

namespace portcullis {

/// A service of an io_context that one thread runs. Its own wait does not keep the context running; coroutines that
/// wait for a result do.
class CompletionQueue final : public boost::asio::execution_context::service {
 public:
  using key_type = CompletionQueue;
  static boost::asio::execution_context::id id;  // NOLINT(readability-identifier-naming): Asio looks for this name

  /// Throws std::system_error when there is no descriptor for it. `context` is an io_context.
  explicit CompletionQueue(boost::asio::execution_context& context);
  ~CompletionQueue() override = default;
  CompletionQueue(const CompletionQueue&) = delete;
  CompletionQueue& operator=(const CompletionQueue&) = delete;

  /// To be called before a coroutine starts to wait for a result; in a handler of the context.
  void open();
  /// Resumes all of them in order, after those in the queue. Any thread; a thread that is not the context's keeps the
  /// context alive meanwhile. Throws when there is no memory, and has destroyed them then.
  void deliver(Completions arriving);

 private:
  void shutdown() noexcept override;
  void listen();
  void receive();
  void take_turn();
  void end_turn();

  boost::asio::io_context& io_;
  boost::asio::posix::stream_descriptor bell_;
  std::uint64_t rings_ = 0;
  bool open_ = false;

  std::mutex mutex_;
  Completions arrived_;

  // of the context's thread
  Completions pending_;
  NotifyBatch batch_;
  std::size_t in_batch_ = 0;
  bool has_turn_ = false;
};

}  // namespace portcullis
