#pragma once
// Binds one listening socket a reactor to the same address. Called at start, before any reactor runs.

#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "net/http/reactor.hpp"

namespace portcullis::http {

/// The first address of `host`. Throws std::runtime_error naming the host when it has none.
[[nodiscard]] boost::asio::ip::tcp::endpoint listen_endpoint(const std::string& host, std::uint16_t port);
/// One acceptor a reactor, all on one port (SO_REUSEPORT). Throws std::runtime_error naming the address when it is
/// taken, also by a program that would share it.
[[nodiscard]] std::vector<boost::asio::ip::tcp::acceptor> bind_all(std::vector<std::unique_ptr<Reactor>>& reactors,
                                                                   boost::asio::ip::tcp::endpoint where);

}  // namespace portcullis::http
