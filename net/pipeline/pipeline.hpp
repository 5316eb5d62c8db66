#pragma once
// The journey of one request: the checks around every handler as one list, in the order of docs/contract/account.md
// 1.6, then the handler, then the headers every response carries. Runs on the request's reactor.

#include "net/http/server.hpp"
#include "net/pipeline/call.hpp"
#include "net/pipeline/router.hpp"

namespace portcullis {

class Pipeline {
 public:
  /// `services` and `routes` outlive the pipeline.
  Pipeline(Services& services, const std::vector<Route>& routes);
  /// Answers any request; failures of the program are exceptions for the connection's boundary.
  [[nodiscard]] awaitable<http::Response> run(http::Request& request, http::Exchange exchange);

 private:
  /// The checks and the handler; lines of its own go into `response` whatever it answers.
  [[nodiscard]] awaitable<result<void>> examine(http::Request& request, Call& call, http::Response& response);
  Services& services_;
  Router router_;
  std::string request_prefix_;
  std::atomic<std::uint64_t> request_count_{0};
};

}  // namespace portcullis
