#pragma once
// Runs an awaitable to its end on an io_context of its own: for code that is no coroutine and may wait, such as a
// start, a stop, a command or a test. Never on a reactor. Owns nothing that outlives the call.

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include "core/async/offload.hpp"

namespace portcullis {

/// Blocks the calling thread until `work` is done; throws what it throws.
template <class T>
T run_blocking(awaitable<T> work) {
  boost::asio::io_context context(1);
  if constexpr (std::is_void_v<T>) {
    const auto finish = [](const std::exception_ptr& failure) {
      if (failure) std::rethrow_exception(failure);
    };
    boost::asio::co_spawn(context, std::move(work), finish);
    context.run();
  } else {
    std::optional<T> out;
    auto finish = [&out](const std::exception_ptr& failure, T value) {
      if (failure) std::rethrow_exception(failure);
      out.emplace(std::move(value));
    };
    boost::asio::co_spawn(context, std::move(work), std::move(finish));
    context.run();
    if (!out) throw std::logic_error("the awaitable never finished");
    return std::move(*out);
  }
}

}  // namespace portcullis
