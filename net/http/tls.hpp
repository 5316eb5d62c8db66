#pragma once
// The server's side of TLS: versions, ciphers, certificate. Built once at start.

#include <boost/asio/ssl/context.hpp>
#include <string>

namespace portcullis::http {

/// TLS 1.2 and 1.3 with this certificate chain and key (PEM files). Throws std::runtime_error naming the file that
/// cannot be used.
[[nodiscard]] boost::asio::ssl::context server_tls(const std::string& certificate, const std::string& key);

}  // namespace portcullis::http
