#include <boost/asio/ip/address.hpp>
#include <utility>

#include "core/validators.hpp"
#include "net/metrics/metrics.hpp"

namespace portcullis::metrics {
namespace {

constexpr std::size_t most_connections = 16;
constexpr std::chrono::milliseconds stop_grace{500};

http::Response text_response(int status, std::string body, std::string_view type = "text/plain; charset=utf-8") {
  http::Response response;
  response.status = status;
  response.add("Content-Type", type);
  response.add_lines("Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n");
  response.body = std::move(body);
  return response;
}

}  // namespace

bool is_own_host(std::string_view host, std::string_view listener) {
  std::string_view name = host.substr(0, host.find(':'));
  if (!host.empty() && host.front() == '[') name = host.substr(1, std::max<std::size_t>(host.find(']'), 1) - 1);
  const std::string lower = validators::ascii_lower(name);
  if (lower == "localhost" || lower == validators::ascii_lower(listener)) return true;
  boost::system::error_code no_address;
  boost::asio::ip::make_address(lower, no_address);
  return !no_address;
}

Server::Server(std::string host, std::uint16_t port, Sources sources, Log& log)
    : host_(std::move(host)), sources_(sources) {
  http::ServerOptions options;
  options.host = host_;
  options.port = port;
  options.limits.connections = most_connections;
  auto handle = [this](http::Request& request, http::Exchange) { return answer(request); };
  auto refuse = [](int status, std::string_view why) { return text_response(status, std::string(why) + "\n"); };
  http_ = std::make_unique<http::Server>(options, std::move(handle), std::move(refuse), log);
}

Server::~Server() = default;

void Server::start() { http_->start(); }
void Server::stop() { http_->stop(stop_grace); }
std::uint16_t Server::port() const noexcept { return http_->port(); }

awaitable<http::Response> Server::answer(const http::Request& request) const {
  if (!is_own_host(request.header("Host"), host_)) co_return text_response(403, "this host name is not served here\n");
  if (request.target.substr(0, request.target.find('?')) != "/metrics")
    co_return text_response(404, "only /metrics is here\n");
  if (request.method != http::Method::get && request.method != http::Method::head)
    co_return text_response(405, "GET and HEAD only\n");
  co_return text_response(200, render(sources_), "text/plain; version=0.0.4; charset=utf-8");
}

}  // namespace portcullis::metrics
