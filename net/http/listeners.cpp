#include "net/http/listeners.hpp"

#include <sys/socket.h>

#include <boost/asio/io_context.hpp>
#include <cerrno>
#include <sstream>
#include <stdexcept>

namespace portcullis::http {

namespace {

using boost::asio::ip::tcp;

[[noreturn]] void refuse(const tcp::endpoint& where, const boost::system::error_code& error) {
  std::ostringstream text;
  text << "cannot listen on " << where << ": " << error.message();
  throw std::runtime_error(text.str());
}

void share_port(tcp::acceptor& acceptor, boost::system::error_code& error) {
  const int on = 1;
  if (::setsockopt(acceptor.native_handle(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0) return;
  error.assign(errno, boost::system::system_category());
}

tcp::acceptor bind_one(boost::asio::io_context& io, const tcp::endpoint& where, bool shares) {
  tcp::acceptor acceptor(io);
  boost::system::error_code error;
  acceptor.open(where.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error && shares) share_port(acceptor, error);
  if (!error) acceptor.bind(where, error);
  if (!error) acceptor.listen(tcp::acceptor::max_listen_connections, error);
  if (error) refuse(where, error);
  return acceptor;
}

}  // namespace

tcp::endpoint listen_endpoint(const std::string& host, std::uint16_t port) {
  boost::asio::io_context io;
  tcp::resolver resolver(io);
  boost::system::error_code error;
  const std::string bare =
      host.size() > 2 && host.front() == '[' && host.back() == ']' ? host.substr(1, host.size() - 2) : host;
  const auto found = resolver.resolve(bare, std::to_string(port), tcp::resolver::passive, error);
  if (error || found.empty()) throw std::runtime_error("cannot listen on " + host + ": no such address");
  return found.begin()->endpoint();
}

std::vector<tcp::acceptor> bind_all(std::vector<std::unique_ptr<Reactor>>& reactors, tcp::endpoint where) {
  const bool shares = reactors.size() > 1;
  if (shares && where.port() != 0) {
    // With SO_REUSEPORT a second server could bind to the same port and get half of the connections unnoticed. This
    // probe without it detects that.
    boost::asio::io_context probe;
    static_cast<void>(bind_one(probe, where, false));
  }
  std::vector<tcp::acceptor> acceptors;
  for (const std::unique_ptr<Reactor>& reactor : reactors) {
    acceptors.push_back(bind_one(reactor->io, where, shares));
    where = acceptors.back().local_endpoint();
  }
  return acceptors;
}

}  // namespace portcullis::http
